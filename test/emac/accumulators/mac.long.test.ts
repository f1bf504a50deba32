import { describe, it } from 'vitest';
import { checkHugeBias, checkPerOp, checkWidths } from './harness.js';

const WORDS = ['posit16es2', 'fixed16q9', 'posit16es1', 'posit12es1', 'bfloat16', 'affine16s'];

describe('accumulators in the kernels give the codes and counts of emac/accumulators/reference.ts', () => {
  it.each([...WORDS, 'float24e8m15'])('per-op, %s', checkPerOp);

  it.each([...WORDS, 'fixed32q16'])('wrap and saturate, %s', checkWidths);

  it.each(['posit16es4', 'posit19es4'])(
    'a bias of more than 2^1024 steps, or beyond float64, %s',
    checkHugeBias,
  );
});
