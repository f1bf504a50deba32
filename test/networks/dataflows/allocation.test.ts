import { describe, expect, it } from 'vitest';
import { BATCH, BYTES_PER_RUN, bytesPerRun, expectNothingAllocated, typedArraysMade } from './allocations.js';

describe('a run of a plan allocates nothing', () => {
  it('what counts allocations sees them', () => {
    expect(typedArraysMade(() => void [new Float32Array(3), new Uint8Array(9).subarray(1)])).toBe(3);
    const kept: object[] = [];
    expect(
      bytesPerRun(
        () => void kept.push(Array.from({ length: BATCH }, (_, i) => Array.from({ length: 40 }, () => i))),
      ),
    ).toBeGreaterThan(BYTES_PER_RUN);
  });

  it.each(['lenet5 posit8es1', 'lenet5 affine8', 'mlp4 fixed8q5', 'mlp4 posit16es1'])(
    '%s',
    expectNothingAllocated,
  );
});
