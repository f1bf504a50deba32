/** Pools and means in C. */
import type { CodeType, ExportedPool, Rescale } from '../integers.js';
import { CLAMP, RESCALED } from './fixed-point.js';
import { WINDOW } from './mac.js';
import type { Snippet } from './snippet.js';

export function poolSnippet(kind: ExportedPool['kind'], type: CodeType): Snippet {
  const name = `${kind.replace('-', '_')}_${type}`;
  const { start, take, value, meaning } = kind === 'max-pool' ? MAX : AVERAGE;
  const text = `
/* ${meaning} of those codes of the window that lie in the image. */
static void ${name}(const ${type}_t *in, ${type}_t *out, const struct window *w, int32_t least, int32_t most) {
  int32_t oy, ox, channel, ky, kx;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < w->in_channels; channel++) {
        ${start}
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            if (place < 0) continue;
            ${take}
          }
        }
        *out++ = (${type}_t)clamp(${value}, least, most);
      }
    }
  }
}`;
  return { name, text, needs: [WINDOW, CLAMP] };
}

const MAX = {
  meaning: 'The largest',
  start: 'int32_t largest = INT32_MIN;',
  take: 'if (in[place + channel] > largest) largest = in[place + channel];',
  value: 'largest',
} as const;

/** Unsigned sums are not negative, so that the division rounds them down. */
const AVERAGE = {
  meaning: 'The mean, half away from 0,',
  start: 'int32_t sum = 0, count = 0;',
  take: `sum += in[place + channel];
            count++;`,
  value: '(sum > 0 ? sum + count / 2 : sum - count / 2) / count',
} as const;

export function meanSnippet(type: CodeType, rounding: Rescale['rounding']): Snippet {
  const { snippet, struct } = RESCALED[rounding];
  const name = `mean_${type}_${rounding}`;
  const [least, most] = type === 'int8' ? ['INT8_MIN', 'INT8_MAX'] : ['0', 'UINT8_MAX'];
  const text = `
/* Of every channel over all pixels; rescaling divides by their number too. */
static void ${name}(const ${type}_t *in, ${type}_t *out, int32_t pixels, int32_t channels,
    int32_t input_zero, int32_t output_zero, const struct ${struct} *rescale) {
  int32_t pixel, channel;
  for (channel = 0; channel < channels; channel++) {
    int32_t sum = 0;
    for (pixel = 0; pixel < pixels; pixel++) sum += in[pixel * channels + channel] - input_zero;
    out[channel] = (${type}_t)clamp(${snippet.name}(sum, rescale, 0) + output_zero, ${least}, ${most});
  }
}`;
  return { name, text, needs: [CLAMP, snippet] };
}
