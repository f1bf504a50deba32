/** The C that is written, compiled and run: every byte is that of the runner of integer graphs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { IntegerGraph, IntegerTensor, IntegerType } from '../../../networks/integer/graph.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { type MacKind, macGraph, oneStep, Random } from '../integer/random-graph.js';
import { everyOperator } from '../tflite/small-models.js';
import { writeTflite } from '../tflite/write-tflite.js';
import { compared, everyTensor, programOf } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, objectOf, SANITIZED } from './compiled.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

const MODES = ['gemmlowp', 'single', 'exact'] as const;
const TYPES = ['int8', 'uint8'] as const;
const smallModel = (type: 'int8' | 'uint8'): IntegerGraph =>
  integerGraph(parseTflite(writeTflite(everyOperator(type)), 'small.tflite'));

describe.skipIf(COMPILERS.length === 0)(`compiled C${NEEDS_CC}`, () => {
  describe.each(TYPES)('a small model of every operator, %s', (type) => {
    it.each(MODES)('has every tensor of 1,000 records under %s, optimized', (mode) => {
      expect(compared(folder, everyTensor(smallModel(type)), mode, OPTIMIZED, 1000)).toBeGreaterThan(200);
    });

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

  it('needs nothing from elsewhere and no floating point', () => {
    const flags = process.arch === 'x64' ? ['-O2', '-mno-sse', '-mno-80387'] : ['-O2'];
    for (const type of TYPES) {
      for (const mode of MODES) {
        const text = programOf(smallModel(type), mode);
        const { undefinedSymbols, code, data } = objectOf(folder, text, flags);
        expect(undefinedSymbols).toEqual([]);
        expect(code).toBeGreaterThan(1000);
        expect(data).toBeGreaterThan(0);
        const bare = text.replace(/\/\*.*?\*\//gs, '');
        // an int may have 16 bits
        expect(bare.match(/\(1 << |\bint [a-z]+ =|[^_]int \w+;/g)).toBeNull();
        expect(bare.match(/float|double|\d\.\d|\.\d/g)).toBeNull();
        expect([...bare.matchAll(/#include (.*)/g)].map(([, file]) => file)).toEqual([
          '<stdint.h>',
          '<stdio.h>',
        ]);
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
