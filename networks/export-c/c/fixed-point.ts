/** The fixed-point arithmetic of ../../integer/fixed-point.ts in C; every shift is of a number that is not negative. */
import type { Rescale } from '../integers.js';
import { EXACT } from './exact.js';
import type { Snippet } from './snippet.js';

const FLOOR_SHIFT: Snippet = {
  name: 'floor_shift',
  needs: [],
  text: `
/* x / 2^by, rounded down. */
static int64_t floor_shift(int64_t x, int32_t by) {
  return x < 0 ? ~(~x >> by) : x >> by;
}`,
};

export const CLAMP: Snippet = {
  name: 'clamp',
  needs: [],
  text: `
static int32_t clamp(int64_t code, int32_t least, int32_t most) {
  return code < least ? least : code > most ? most : (int32_t)code;
}`,
};

export const LEFT_SHIFT: Snippet = {
  name: 'left_shift',
  needs: [],
  text: `
/* x * 2^by in 32 bits that wrap. */
static int32_t left_shift(int32_t x, int32_t by) {
  uint32_t wrapped = (uint32_t)x << by;
  return wrapped <= INT32_MAX ? (int32_t)wrapped : -(int32_t)~wrapped - 1;
}`,
};

export const HIGH_PRODUCT: Snippet = {
  name: 'high_product',
  needs: [FLOOR_SHIFT],
  text: `
/* a * b / 2^31 to the nearest integer, ties up (SaturatingRoundingDoublingHighMul). */
static int32_t high_product(int32_t a, int32_t b) {
  if (a == INT32_MIN && b == INT32_MIN) return INT32_MAX;
  return (int32_t)floor_shift((int64_t)a * b + ((int64_t)1 << 30), 31);
}`,
};

export const DIVIDED_BY_POWER: Snippet = {
  name: 'divided_by_power',
  needs: [],
  text: `
/* x / 2^exponent to the nearest integer, ties away from 0 (RoundingDivideByPOT). */
static int32_t divided_by_power(int64_t x, int32_t exponent) {
  int64_t half = exponent == 0 ? 0 : (int64_t)1 << (exponent - 1);
  return (int32_t)(x < 0 ? -((half - x) >> exponent) : (x + half) >> exponent);
}`,
};

const RESCALE: Snippet = {
  name: 'rescale',
  needs: [],
  text: `
/* x * multiplier * 2^(shift - 31); each is 1 where every channel has its own, 0 where all share one. */
struct rescale {
  const int32_t *multipliers;
  const int8_t *shifts;
  int32_t each;
};`,
};

const TWICE: Snippet = {
  name: 'rescaled_twice',
  needs: [RESCALE, LEFT_SHIFT, HIGH_PRODUCT, DIVIDED_BY_POWER],
  text: `
/* Two roundings: of the high half of the product, and of its shift to the right. */
static int64_t rescaled_twice(int64_t x, const struct rescale *r, int32_t channel) {
  int32_t shift = r->shifts[channel * r->each];
  int32_t left = shift > 0 ? left_shift((int32_t)x, shift) : (int32_t)x;
  int32_t high = high_product(left, r->multipliers[channel * r->each]);
  return divided_by_power(high, shift > 0 ? 0 : -shift);
}`,
};

const ONCE: Snippet = {
  name: 'rescaled_once',
  needs: [RESCALE, FLOOR_SHIFT],
  text: `
/* One rounding, of the whole product; ties up. */
static int64_t rescaled_once(int64_t x, const struct rescale *r, int32_t channel) {
  int32_t right = 31 - r->shifts[channel * r->each];
  int64_t product = x * r->multipliers[channel * r->each];
  return floor_shift(product + ((int64_t)1 << (right - 1)), right);
}`,
};

/** What rescales in a rounding, and the struct that it reads. */
export const RESCALED: Readonly<Record<Rescale['rounding'], { snippet: Snippet; struct: string }>> = {
  twice: { snippet: TWICE, struct: 'rescale' },
  once: { snippet: ONCE, struct: 'rescale' },
  exact: { snippet: EXACT, struct: 'ratio' },
};
