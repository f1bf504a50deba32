/** Errors of a run, of two plans whose values are written by hand. */
import { describe, expect, it } from 'vitest';
import type { Plan } from '../../networks/plan.js';
import type { Program } from '../../networks/program.js';
import { runErrors } from '../../networks/run-errors.js';

const program = {
  edges: ['input', 'out', 'zeros'].map((name) => ({ name, shape: [2], size: 2 })),
} as unknown as Program;

/** Values by batch and edge. */
function plan(values: readonly (readonly number[])[][]): Plan {
  let batch = -1;
  return {
    program,
    run: () => {
      batch++;
    },
    edgeValues: (edge: number) => Float64Array.from(values[batch]![edge]!),
  } as unknown as Plan;
}

describe('runErrors', () => {
  it('sums over batches, by edge', () => {
    const float = plan([
      [
        [1, 2],
        [3, -1],
        [0, 0],
      ],
      [
        [2, 1],
        [1, 1],
        [0, 0],
      ],
    ]);
    const ran = plan([
      [
        [1, 2],
        [3, -1.5],
        [0, 0],
      ],
      [
        [2, 1],
        [0, 1],
        [0, 0],
      ],
    ]);
    const batches = [0, 1].map(() => ({ images: new Float32Array(2), count: 1 }));
    const [input, out, zeros] = runErrors(float, ran, batches);
    expect(input).toEqual({ tensor: 'input', sqnr: Number.POSITIVE_INFINITY, maxError: 0 });
    // 9 + 1 + 1 + 1 over 1/4 + 1
    expect(out!.sqnr).toBeCloseTo(10 * Math.log10(12 / 1.25), 12);
    expect(out).toMatchObject({ tensor: 'out', maxError: 1 });
    expect(zeros).toEqual({ tensor: 'zeros', sqnr: Number.NaN, maxError: 0 });
  });
});
