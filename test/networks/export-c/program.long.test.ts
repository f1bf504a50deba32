/** Random layers, joins, pools, concats and changes of scale and type in C, compiled and run: every byte is that of the runner. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, it } from 'vitest';
import type { IntegerGraph, IntegerTensor, IntegerType } from '../../../networks/integer/graph.js';
import { type MacKind, macGraph, oneStep, Random } from '../integer/random-graph.js';
import { compared, everyTensor, MODES, smallModel, TYPES } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, SANITIZED } from './compiled.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(COMPILERS.length === 0)(`compiled C${NEEDS_CC}`, () => {
  describe.each(TYPES)('a small model of every operator, %s', (type) => {
    it.each(MODES)('has every output through its arena under %s, without undefined behaviour', (mode) => {
      compared(folder, smallModel(type), mode, OPTIMIZED, 50);
      compared(folder, smallModel(type), mode, SANITIZED, 50);
      compared(folder, everyTensor(smallModel(type)), mode, SANITIZED, 50);
    });
  });

  it.each(['conv', 'grouped', 'depthwise', 'depthwise-twice', 'dense'] satisfies MacKind[])(
    'has the codes of random layers: %s',
    (kind) => {
      const random = new Random(81);
      for (const type of TYPES) {
        const graph = macGraph(random, kind, type);
        for (const mode of MODES) compared(folder, graph, mode, SANITIZED, 5);
      }
    },
  );

  it('has the codes of joins, pools, concats and changes of scale and type', () => {
    const random = new Random(82);
    for (const type of TYPES) {
      for (const graph of otherGraphs(random, type)) {
        for (const mode of MODES) compared(folder, graph, mode, SANITIZED, 30);
      }
    }
  });
});

/** Steps of which the small model has one scale, or none. */
function otherGraphs(random: Random, type: IntegerType): IntegerGraph[] {
  const other = type === 'int8' ? 'uint8' : 'int8';
  const tensor = (near: number, of: IntegerType = type) => random.tensor([4, 6], of, random.scale(near));
  const [a, b, c, d] = [tensor(0.05), tensor(0.03), tensor(0.07), tensor(0.0015)];
  const join = { name: 'a join', inputs: [0, 1], output: 2 } as const;
  const placed = { name: '*/ one', inputs: [0], output: 1 } as const;
  const clamp = () => random.clamp(type);
  const joined = random.tensor([4, 12], type, c.scale);
  return [
    oneStep([a, b, c], { kind: 'add', ...join, clamp: clamp() }),
    oneStep([a, d, c], { kind: 'add', ...join, clamp: clamp() }),
    oneStep([d, d, a], { kind: 'add', ...join, clamp: clamp() }),
    oneStep([a, b, d], { kind: 'multiply', ...join, clamp: clamp() }),
    oneStep([a, b], { kind: 'quantize', ...placed }),
    oneStep([a, tensor(0.04, other)], { kind: 'quantize', ...placed }),
    oneStep([a, b, joined], { kind: 'concat', ...join, outer: 4, inner: [6, 6] }),
    oneStep([{ ...a, scale: c.scale, zeroPoint: joined.zeroPoint }, b, joined], {
      kind: 'concat',
      ...join,
      outer: 4,
      inner: [6, 6],
    }),
    oneStep([a, b], { kind: 'activation', ...placed, clamp: clamp() }),
    oneStep([a, a], { kind: 'activation', ...placed, clamp: clamp() }),
    oneStep([a, { ...a, shape: [3, 8], size: 24 }], {
      kind: 'pick',
      ...placed,
      axes: [
        [-1, 3, 0],
        [5, 5, -1, 0, 1, 2, 3, -1],
      ],
    }),
    // of uint8 there is no mean
    ...(type === 'int8' ? [meanOf(a, random), meanOf(c, random)] : []),
    oneStep([a, { ...a, scale: 1 / 256, zeroPoint: type === 'int8' ? -128 : 0 }], {
      kind: 'softmax',
      ...placed,
      beta: 1.5,
    }),
  ];
}

function meanOf(input: IntegerTensor, random: Random): IntegerGraph {
  const output = random.tensor([6], 'int8', random.scale(0.02));
  return oneStep([input, output], {
    kind: 'mean',
    name: 'mean',
    inputs: [0],
    output: 1,
    pixels: 4,
    channels: 6,
  });
}
