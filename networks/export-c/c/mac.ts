/** Sums of products in C: convolution, depthwise convolution, dense. */
import type { CodeType, ExportedMac } from '../integers.js';
import { CLAMP, RESCALED } from './fixed-point.js';
import type { Snippet } from './snippet.js';

export const WINDOW: Snippet = {
  name: 'window',
  needs: [],
  text: `
/* A window over an image of [height, width, channels]; what lies outside is the zero point. */
struct window {
  int32_t in_height, in_width, in_channels;
  int32_t kernel_height, kernel_width;
  int32_t stride_y, stride_x, pad_top, pad_left, dilation_y, dilation_x;
  int32_t out_height, out_width;
};

/* Where the tap (ky, kx) of the window of the output pixel (oy, ox) begins in the image; -1 outside. */
static int32_t tap_place(const struct window *w, int32_t oy, int32_t ox, int32_t ky, int32_t kx) {
  int32_t y = oy * w->stride_y - w->pad_top + ky * w->dilation_y;
  int32_t x = ox * w->stride_x - w->pad_left + kx * w->dilation_x;
  if (y < 0 || y >= w->in_height || x < 0 || x >= w->in_width) return -1;
  return (y * w->in_width + x) * w->in_channels;
}`,
};

const CODES: Snippet = {
  name: 'codes',
  needs: [],
  text: `
/* Zero points, and the codes that the activation leaves. */
struct codes {
  int32_t input_zero, weight_zero, output_zero, least, most;
};`,
};

/** Types of input, weights and output, and how sums are rounded. */
export interface MacVariant {
  readonly kind: ExportedMac['kind'];
  readonly input: CodeType;
  readonly weights: CodeType;
  readonly output: CodeType;
  readonly rounding: ExportedMac['rescale']['rounding'];
}

export function macSnippet(variant: MacVariant): Snippet {
  const { kind, input, weights, output, rounding } = variant;
  const types = new Set([input, weights, output]).size === 1 ? input : `${input}_${weights}_${output}`;
  const name = `${kind}_${types}_${rounding}`;
  const { snippet, struct } = RESCALED[rounding];
  const text = bodyOf(kind)
    .replaceAll('NAME', name)
    .replaceAll(
      'REST',
      `const ${weights}_t *weights, const int32_t *bias,
    const struct ${struct} *rescale, const struct codes *c`,
    )
    .replaceAll('IN', `const ${input}_t *in`)
    .replaceAll('OUT', `${output}_t *out`)
    .replaceAll(
      'STORED',
      `(${output}_t)clamp(${snippet.name}(sum, rescale, channel) + c->output_zero, c->least, c->most)`,
    );
  return { name, text, needs: [...(kind === 'dense' ? [] : [WINDOW]), CODES, CLAMP, snippet] };
}

function bodyOf(kind: ExportedMac['kind']): string {
  switch (kind) {
    case 'convolution':
      return CONVOLUTION;
    case 'depthwise':
      return DEPTHWISE;
    case 'dense':
      return DENSE;
    default:
      return kind satisfies never;
  }
}

const CONVOLUTION = `
static void NAME(IN, OUT, const struct window *w, int32_t groups, int32_t out_channels,
    REST) {
  int32_t group_in = w->in_channels / groups, group_out = out_channels / groups;
  int32_t k = w->kernel_height * w->kernel_width * group_in;
  int32_t oy, ox, channel, ky, kx, i;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < out_channels; channel++) {
        int32_t start = channel / group_out * group_in;
        int32_t sum = bias[channel];
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            int32_t tap = channel * k + (ky * w->kernel_width + kx) * group_in;
            if (place < 0) continue;
            for (i = 0; i < group_in; i++) {
              sum += (weights[tap + i] - c->weight_zero) * (in[place + start + i] - c->input_zero);
            }
          }
        }
        *out++ = STORED;
      }
    }
  }
}`;

const DEPTHWISE = `
static void NAME(IN, OUT, const struct window *w, int32_t out_channels,
    REST) {
  int32_t each = out_channels / w->in_channels, taps = w->kernel_height * w->kernel_width;
  int32_t oy, ox, channel, ky, kx;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < out_channels; channel++) {
        int32_t sum = bias[channel];
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            int32_t tap = channel * taps + ky * w->kernel_width + kx;
            if (place < 0) continue;
            sum += (weights[tap] - c->weight_zero) * (in[place + channel / each] - c->input_zero);
          }
        }
        *out++ = STORED;
      }
    }
  }
}`;

const DENSE = `
static void NAME(IN, OUT, int32_t k, int32_t out_channels,
    REST) {
  int32_t channel, i;
  for (channel = 0; channel < out_channels; channel++) {
    int32_t sum = bias[channel];
    for (i = 0; i < k; i++) {
      sum += (weights[channel * k + i] - c->weight_zero) * (in[i] - c->input_zero);
    }
    out[channel] = STORED;
  }
}`;
