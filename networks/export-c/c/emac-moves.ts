/** Pools, adds and the rounding of sums in C, on codes whose values are in tables. */
import type { SumType } from '../emac/integers.js';
import { roundedSnippet } from './emac-sums.js';
import { WINDOW } from './mac.js';
import type { Snippet } from './snippet.js';

export const ROUND: Snippet = {
  name: 'round_int64',
  needs: [roundedSnippet('int64')],
  text: `
static void round_int64(const int64_t *in, uint8_t *out, int32_t size, const struct thresholds_int64 *thresholds) {
  int32_t i;
  for (i = 0; i < size; i++) out[i] = code_of_int64(in[i], thresholds, 0);
}`,
};

export const ADD: Snippet = {
  name: 'add_codes',
  needs: [roundedSnippet('int64')],
  text: `
/* What the codes stand for, in a common unit, is in two tables. */
static void add_codes(const uint8_t *a, const uint8_t *b, uint8_t *out, int32_t size,
    const int64_t *first, const int64_t *second, const struct thresholds_int64 *thresholds) {
  int32_t i;
  for (i = 0; i < size; i++) out[i] = code_of_int64(first[a[i]] + second[b[i]], thresholds, 0);
}`,
};

export const MAX_POOL: Snippet = {
  name: 'max_pool_ranks',
  needs: [WINDOW],
  text: `
/* The first code of the largest rank among those of the window that lie in the image. */
static void max_pool_ranks(const uint8_t *in, uint8_t *out, const struct window *w, const uint8_t *ranks) {
  int32_t oy, ox, channel, ky, kx;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < w->in_channels; channel++) {
        int32_t largest = -1;
        uint8_t code = 0;
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            if (place < 0) continue;
            if (ranks[in[place + channel]] > largest) {
              code = in[place + channel];
              largest = ranks[code];
            }
          }
        }
        *out++ = code;
      }
    }
  }
}`,
};

export function emacAverageSnippet(sums: SumType, input: SumType): Snippet {
  const name = `average_pool_${sums}${input === 'int32' ? '' : `_${input}`}`;
  return {
    name,
    needs: [WINDOW, roundedSnippet(sums)],
    text: `
/* Every window has as many values, and the thresholds divide by their number. */
static void ${name}(const uint8_t *in, uint8_t *out, const struct window *w, const ${input}_t *values,
    const struct thresholds_${sums} *thresholds) {
  int32_t oy, ox, channel, ky, kx;
  for (oy = 0; oy < w->out_height; oy++) {
    for (ox = 0; ox < w->out_width; ox++) {
      for (channel = 0; channel < w->in_channels; channel++) {
        ${sums}_t sum = 0;
        for (ky = 0; ky < w->kernel_height; ky++) {
          for (kx = 0; kx < w->kernel_width; kx++) {
            int32_t place = tap_place(w, oy, ox, ky, kx);
            if (place >= 0) sum += values[in[place + channel]];
          }
        }
        *out++ = code_of_${sums}(sum, thresholds, 0);
      }
    }
  }
}`,
  };
}
