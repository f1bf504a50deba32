/** How far the int16 stage uses the 31 bits of its sums. */
import { expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { RoundStage } from '../../../emac/certified/round/certify.js';
import { OutputRounder } from '../../../emac/certified/round/output.js';
import { Int16Stage } from '../../../emac/certified/stages/int16.js';
import type { MacBlock } from '../../../emac/codes/block.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { quantizeLayer } from '../../../emac/layer/layer.js';
import { layerNumbers } from '../../../emac/layer/numbers.js';
import { createKernels } from '../../../kernels/loader.js';
import { OUTPUTS } from './bounds/boundaries.js';
import { encoding, run } from './harness.js';

const K = 64;

/** Sums of one sign as large as Cauchy and Schwarz let them be, beside small terms that cut operands short. */
it.each([
  { operands: 'posit8es2', small: 2 ** -12, least: 0 },
  { operands: 'posit8es2', small: 2 ** -12, least: -1 },
  { operands: 'float8e4m3fn', small: 2 ** -9, least: 0 },
  { operands: 'float8e4m3fn', small: 2 ** -9, least: -1 },
])(
  '$operands: sums at the edge of int32 are right, activations from $least on',
  ({ operands, small, least }) => {
    // mantissas of the format: norms come near the limit from below, wherever powers of two put it
    for (const size of [64, 80, 96, 112]) {
      const w = (p: number) => (p === 0 || p === K - 1 ? small : p < K / 2 ? size : -size);
      const first = (p: number) => (p < K / 2 && p > 0 ? size : 0);
      const second = (p: number) => (p >= K / 2 && p < K - 1 ? size : 0);
      const both = (p: number) => (p === 0 ? small : p === K - 1 ? least : size);
      const channels = [1, 2 ** -9, 2 ** -18].flatMap((s) => [
        { w, b: 0n, s },
        { w: (p: number) => -w(p), b: 0n, s },
      ]);
      for (const output of OUTPUTS) {
        const { wrong, undecided } = run({
          weights: operands,
          k: K,
          channels,
          output,
          scaleBits: 16,
          rows: [first, second, both],
        });
        expect(wrong).toBe(0);
        expect(undecided.int16).toBeDefined();
      }
    }
  },
);

it('one block of large norm does not cut short the operands of all that follow', () => {
  const stream = new Stream(7, 'dataset');
  const x = encoding('float8e4m3fn');
  const n = 16;
  const layer = quantizeLayer(
    {
      name: 'layer',
      k: K,
      outChannels: n,
      weights: Float32Array.from({ length: n * K }, () => 400 * (2 * stream.uniform() - 1) ** 5),
      bias: new Float32Array(n),
      ...({ activation: 'identity', tensor: 1, group: 0 } as const),
    },
    x,
    x,
    { ...x, scales: Float64Array.of(4096) },
    DEFAULT_CHOICES,
  );
  const kernels = createKernels();
  const rows = 64;
  const codes = [400, 40].map((size) => {
    const pointer = kernels.allocate(rows * K);
    const view = kernels.u8(pointer, rows * K);
    for (let i = 0; i < view.length; i++) view[i] = x.format.encode(size * stream.uniform());
    return pointer;
  });
  // every block of a run has the facts of all its images
  const used = new Uint8Array(256);
  for (const pointer of codes) for (const code of kernels.u8(pointer, rows * K)) used[code] = 1;
  const facts = useFacts(codeTable(x), used);
  const out = kernels.allocate(rows * n);
  const round = new RoundStage(kernels, layer, new OutputRounder(layer.output, 'identity', undefined), rows);
  const source = { kernels, layer, numbers: layerNumbers(layer), maxRows: rows, windows: undefined };
  const undecidedOf = (stage: Int16Stage, pointer: number): number => {
    const block: MacBlock = { kind: 'rows', codes: pointer, rows, out, facts, randomWordAt: undefined };
    round.run(block, stage.run(block)!);
    return round.undecidedCount;
  };
  const [large, small] = [codes[0]!, codes[1]!];
  const fresh = undecidedOf(new Int16Stage(source), small);
  const stage = new Int16Stage(source);
  undecidedOf(stage, large);
  const counts = Array.from({ length: 8 }, () => undecidedOf(stage, small));
  expect(counts[0]).toBeGreaterThan(fresh);
  expect(counts.at(-1)).toBe(fresh);
});
