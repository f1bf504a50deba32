/** Exact requantization in C: a comparison of integers of 128 bits, a bit of the quotient at a time. */
import { QUOTIENT_BITS } from '../rescale.js';
import type { Snippet } from './snippet.js';

const WIDE: Snippet = {
  name: 'wide',
  needs: [],
  text: `
/* high * 2^64 + low. */
struct wide {
  uint64_t high;
  uint64_t low;
};

static struct wide wide_product(uint64_t a, uint64_t b) {
  uint64_t low = (a & 0xffffffffu) * (b & 0xffffffffu);
  uint64_t cross = (a >> 32) * (b & 0xffffffffu) + (low >> 32);
  uint64_t other = (a & 0xffffffffu) * (b >> 32) + (cross & 0xffffffffu);
  struct wide product;
  product.high = (a >> 32) * (b >> 32) + (cross >> 32) + (other >> 32);
  product.low = (other << 32) | (low & 0xffffffffu);
  return product;
}

static struct wide wide_shifted(struct wide x, int32_t by) {
  struct wide shifted = x;
  if (by >= 64) {
    shifted.high = x.low << (by - 64);
    shifted.low = 0;
  } else if (by > 0) {
    shifted.high = (x.high << by) | (x.low >> (64 - by));
    shifted.low = x.low << by;
  }
  return shifted;
}

static struct wide wide_sum(struct wide a, struct wide b) {
  struct wide sum;
  sum.low = a.low + b.low;
  sum.high = a.high + b.high + (sum.low < a.low);
  return sum;
}

static struct wide wide_difference(struct wide a, struct wide b) {
  struct wide difference;
  difference.low = a.low - b.low;
  difference.high = a.high - b.high - (a.low < b.low);
  return difference;
}

static int wide_below(struct wide a, struct wide b) {
  return a.high < b.high || (a.high == b.high && a.low < b.low);
}`,
};

export const EXACT: Snippet = {
  name: 'rescaled_exact',
  needs: [WIDE],
  text: `
/* x * numerator * 2^shift / denominator; each is 1 where every channel has its own, 0 where all share one. */
struct ratio {
  const uint64_t *numerators;
  const uint64_t *denominators;
  const int8_t *shifts;
  int32_t each;
};

/* The nearest integer, ties to even; what lies beyond all codes becomes ${2 ** QUOTIENT_BITS - 1} or less. */
static int64_t rescaled_exact(int64_t x, const struct ratio *r, int32_t channel) {
  uint64_t magnitude = x < 0 ? 0 - (uint64_t)x : (uint64_t)x;
  int32_t shift = r->shifts[channel * r->each];
  struct wide rest = wide_product(magnitude, r->numerators[channel * r->each]);
  struct wide unit = {0, 0};
  int64_t quotient = 0;
  int32_t bit;
  unit.low = r->denominators[channel * r->each];
  unit = wide_shifted(unit, shift < 0 ? -shift : 0);
  /* floor((2 * product + unit) / (2 * unit)) */
  rest = wide_sum(wide_shifted(rest, shift > 0 ? shift + 1 : 1), unit);
  unit = wide_shifted(unit, 1);
  for (bit = ${QUOTIENT_BITS - 1}; bit >= 0; bit--) {
    struct wide part = wide_shifted(unit, bit);
    if (wide_below(rest, part)) continue;
    rest = wide_difference(rest, part);
    quotient |= (int64_t)1 << bit;
  }
  if (rest.high == 0 && rest.low == 0) quotient &= ~(int64_t)1;
  return x < 0 ? -quotient : quotient;
}`,
};
