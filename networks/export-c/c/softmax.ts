/** Softmax in fixed point in C, as ../../integer/softmax.ts and exponential.ts have it. */
import type { CodeType } from '../integers.js';
import { CLAMP, DIVIDED_BY_POWER, HIGH_PRODUCT, LEFT_SHIFT } from './fixed-point.js';
import type { Snippet } from './snippet.js';

/** The constants are gemmlowp's (fixedpoint/fixedpoint.h, Apache-2.0). */
const EXPONENTIAL: Snippet = {
  name: 'exp_of_negative',
  needs: [HIGH_PRODUCT, DIVIDED_BY_POWER],
  text: `
/* e^a in Q0.31 of a <= 0 in Q5.26: a polynomial for the rest in [-1/4, 0), a factor for every power of two beyond. */
static int32_t exp_of_negative(int32_t a) {
  static const int32_t factors[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242};
  int32_t rest, x, x2, x3, x4, higher, result, i;
  uint32_t remainder;
  if (a == 0) return INT32_MAX;
  rest = (int32_t)((uint32_t)a & 0xffffffu) - ((int32_t)1 << 24);
  x = rest * 32 + ((int32_t)1 << 28);
  x2 = high_product(x, x);
  x3 = high_product(x2, x);
  x4 = high_product(x2, x2);
  higher = divided_by_power(high_product(divided_by_power(x4, 2) + x3, 715827883) + x2, 1);
  result = 1895147668 + high_product(1895147668, x + higher);
  remainder = (uint32_t)rest - (uint32_t)a;
  for (i = 0; i < 7; i++) {
    if (remainder >> (24 + i) & 1) result = high_product(result, factors[i]);
  }
  return result;
}`,
};

const RECIPROCAL: Snippet = {
  name: 'reciprocal_of_one_plus',
  needs: [HIGH_PRODUCT],
  text: `
/* 1 / (1 + a) in Q0.31 of a in [0, 1], Q0.31: three steps of Newton's iteration. */
static int32_t reciprocal_of_one_plus(int32_t a) {
  int32_t half = (int32_t)(((int64_t)a + INT32_MAX + 1) / 2);
  int64_t x = 1515870810 + high_product(half, -1010580540);
  int32_t step;
  for (step = 0; step < 3; step++) {
    int32_t missing = ((int32_t)1 << 29) - high_product(half, (int32_t)x);
    x += (int64_t)high_product((int32_t)x, missing) * 4;
  }
  return x * 2 > INT32_MAX ? INT32_MAX : (int32_t)(x * 2);
}`,
};

export function softmaxSnippet(type: CodeType): Snippet {
  const name = `softmax_${type}`;
  const text = `
/* Shares of 256 of e^(code - largest), row by row; differences below furthest have none. */
static void ${name}(const ${type}_t *in, ${type}_t *out, int32_t size, int32_t classes,
    int32_t multiplier, int32_t shift, int32_t furthest) {
  int32_t row, i;
  for (row = 0; row < size; row += classes) {
    int32_t largest = in[row], headroom = 0, value;
    uint32_t sum = 0;
    for (i = 1; i < classes; i++) {
      if (in[row + i] > largest) largest = in[row + i];
    }
    for (i = 0; i < classes; i++) {
      int32_t difference = in[row + i] - largest;
      if (difference < furthest) continue;
      sum += (uint32_t)divided_by_power(
          exp_of_negative(high_product(left_shift(difference, shift), multiplier)), 12);
    }
    while ((sum << headroom >> 31) == 0) headroom++;
    value = reciprocal_of_one_plus((int32_t)((sum << headroom) - 0x80000000u));
    for (i = 0; i < classes; i++) {
      int32_t difference = in[row + i] - largest, share = 0;
      if (difference >= furthest) {
        share = divided_by_power(
            high_product(value, exp_of_negative(high_product(left_shift(difference, shift), multiplier))),
            35 - headroom);
      }
      out[row + i] = (${type}_t)clamp(share ${type === 'int8' ? '- 128, INT8_MIN, INT8_MAX' : ', 0, UINT8_MAX'});
    }
  }
}`;
  return { name, text, needs: [LEFT_SHIFT, HIGH_PRODUCT, DIVIDED_BY_POWER, CLAMP, EXPONENTIAL, RECIPROCAL] };
}
