/** Exact sums of products of the values of codes in C, and their rounding by comparison with thresholds. */
import type { SumType } from '../emac/integers.js';
import { WINDOW } from './mac.js';
import type { Snippet } from './snippet.js';

export function roundedSnippet(sums: SumType): Snippet {
  return {
    name: `code_of_${sums}`,
    needs: [],
    text: `
/* The code of a sum is codes[n], n the number of thresholds that are not above it; a row of thresholds a channel, or one. */
struct thresholds_${sums} {
  const ${sums}_t *least;
  const uint8_t *codes;
  int32_t count, each;
};

static uint8_t code_of_${sums}(${sums}_t sum, const struct thresholds_${sums} *t, int32_t channel) {
  const ${sums}_t *least = t->least + channel * t->each;
  int32_t low = 0, high = t->count;
  while (low < high) {
    int32_t middle = (low + high) / 2;
    if (least[middle] <= sum) low = middle + 1;
    else high = middle;
  }
  return t->codes[low];
}`,
  };
}

/** Types of the sums and of the tables of values. */
export interface SumVariant {
  readonly sums: SumType;
  readonly weights: SumType;
  readonly input: SumType;
}

/** Sums of 32 bits have tables of 32 bits. */
export function emacMacSnippet(
  kind: 'convolution' | 'dense' | 'dense-sums',
  { sums, weights, input }: SumVariant,
): Snippet {
  const tables = weights === 'int32' && input === 'int32' ? '' : `_${weights}_${input}`;
  const name = `${kind.replace('-', '_')}_${sums}${tables}`;
  const text = BODIES[kind]
    .replaceAll('NAME', name)
    .replaceAll(
      'REST',
      `const uint8_t *weights, const ${weights}_t *weight_values,
    const ${input}_t *input_values, const SUM *bias`,
    )
    .replaceAll('THRESHOLDS', `const struct thresholds_${sums} *thresholds`)
    .replaceAll('ROUNDED', `code_of_${sums}(sum, thresholds, channel)`)
    .replaceAll('SUM', `${sums}_t`);
  const rounded = kind === 'dense-sums' ? [] : [roundedSnippet(sums)];
  return { name, text, needs: [...(kind === 'convolution' ? [WINDOW] : []), ...rounded] };
}

const CONVOLUTION = `
/* What lies outside the image is 0. */
static void NAME(const uint8_t *in, uint8_t *out, const struct window *w, int32_t groups, int32_t out_channels,
    REST,
    THRESHOLDS) {
  int32_t group_in = w->in_channels / groups, group_out = out_channels / groups;
  int32_t k = w->kernel_height * w->kernel_width * group_in;
  int32_t oy, ox, channel, ky, kx, i;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < out_channels; channel++) {
        int32_t start = channel / group_out * group_in;
        SUM sum = bias[channel];
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            int32_t tap = channel * k + (ky * w->kernel_width + kx) * group_in;
            if (place < 0) continue;
            for (i = 0; i < group_in; i++) {
              sum += (SUM)weight_values[weights[tap + i]] * input_values[in[place + start + i]];
            }
          }
        }
        *out++ = ROUNDED;
      }
    }
  }
}`;

const SUMMED = `  int32_t channel, i;
  for (channel = 0; channel < out_channels; channel++) {
    SUM sum = bias[channel];
    for (i = 0; i < k; i++) {
      sum += (SUM)weight_values[weights[channel * k + i]] * input_values[in[i]];
    }`;

const BODIES = {
  convolution: CONVOLUTION,
  dense: `
static void NAME(const uint8_t *in, uint8_t *out, int32_t k, int32_t out_channels,
    REST,
    THRESHOLDS) {
${SUMMED}
    out[channel] = ROUNDED;
  }
}`,
  'dense-sums': `
/* Exact sums, each times its channel's factor. */
static void NAME(const uint8_t *in, SUM *out, int32_t k, int32_t out_channels,
    REST,
    const SUM *factors) {
${SUMMED}
    out[channel] = sum * factors[channel];
  }
}`,
} as const;
