import { describe, it } from 'vitest';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { check, checkHugeBias, checkPerOp, checkWidths, OPERANDS, SHAPES } from './harness.js';

const BYTES = ['posit8es1', 'posit7es0', 'float8e5m2', 'fixed8q4', 'affine8s', 'pow2val5'];
/** The other formats of 9 to 16 bits are in the long suite. */
const WORDS = ['posit9es0', 'float16'];

describe('accumulators in the kernels give the codes and counts of emac/accumulators/reference.ts', () => {
  it.each([...BYTES, ...WORDS, 'float32', 'posit32es2'])('per-op, %s', checkPerOp);

  it.each([...BYTES, ...WORDS, 'posit16es2', 'fixed16q9', 'float32', 'posit32es2', 'fixed32q16'])(
    'float32, %s',
    (format) => {
      for (const [index, operands] of OPERANDS.entries()) {
        check({ format, accumulator: 'float32', shape: SHAPES[index]!, operands });
      }
    },
  );

  it.each([...BYTES, ...WORDS, 'float32'])('wrap and saturate, %s', checkWidths);

  it('sums of more than 53 bits, one step beside a tie of the output', () => {
    // w · x = 2^56 or 3 · 2^56 steps of 2^-32, which is y = 0.5 or 1.5, and a step more or less
    for (const accumulator of ['wrap60', 'saturate60']) {
      for (const units of [1, 3]) {
        const weights = [2 ** 28, 1];
        const activations = [1, 0, -1].flatMap((step) => [units * 2 ** 28, step < 0 ? 2 ** 32 - 1 : step]);
        check({
          format: 'fixed32q16',
          accumulator,
          shape: [3, 1, 2],
          operands: 'any',
          output: 'fixed8q0',
          outputScale: 2 ** 25,
          codes: { weights, activations },
        });
      }
    }
  });

  it('zero points count in the operands', () => {
    for (const accumulator of ['wrap14', 'saturate14', 'float32', 'wrap40']) {
      for (const format of ['affine8', 'affine16']) {
        check({ format, accumulator, shape: SHAPES[0], operands: 'any', zeroPoint: 100, scale: 0.01 });
      }
    }
  });

  it('stochastic outputs, and outputs wider than 16 bits', () => {
    for (const accumulator of ['per-op', 'float32', 'wrap20', 'saturate58']) {
      for (const format of ['posit8es1', 'float16', 'posit16es1']) {
        const rounding: Rounding = { ...NEAREST_EVEN, mode: 'stochastic' };
        check({ format, accumulator, shape: SHAPES[0], operands: 'net', rounding });
        if (accumulator !== 'per-op') {
          check({ format, accumulator, shape: SHAPES[2], operands: 'net', output: 'posit32es2' });
        }
      }
    }
  });

  it.each(['posit8es4', 'posit32es4'])(
    'a bias of more than 2^1024 steps, or beyond float64, %s',
    checkHugeBias,
  );
});
