import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { saveModel } from '../../networks/files/model.js';
import { encodeRecords } from '../../networks/files/records.js';
import { referenceRunner } from '../../networks/integer/run.js';
import { initialParameters } from '../../networks/parameters.js';
import { integerGraph } from '../../networks/tflite/integer.js';
import { parseTflite } from '../../networks/tflite/model.js';
import { everyOperator, withTensor } from '../networks/tflite/small-models.js';
import { writeTflite } from '../networks/tflite/write-tflite.js';
import { complaintOf, performed } from './in-process.js';
import { cheetah } from './run-cheetah.js';
import { SMALL_NETWORK } from './small-network.js';

let home = '';
let folder = '';
const at = (...parts: string[]): string => join(folder, ...parts);

const MODEL = writeTflite(everyOperator());
const COUNT = 3;
const VALUES = Float32Array.from({ length: COUNT * 90 }, (_, i) => ((i * 37) % 101) / 40 - 0.4);
const RECORDS = new Uint8Array(VALUES.buffer);
const INPUT = { name: 'input', shape: [6, 5, 3], size: 90, type: 'float32' } as const;

/** Bytes of every step's output, record by record, and of the outputs. */
function wanted(mode: 'gemmlowp' | 'float32'): { edges: Uint8Array[]; outputs: Uint8Array } {
  const graph = integerGraph(parseTflite(MODEL, 'model'));
  const runner = referenceRunner(graph, mode);
  const edges = graph.steps.map(() => [] as Uint8Array[]);
  for (let record = 0; record < COUNT; record++) {
    runner.values[graph.inputs[0]!]!.set(VALUES.subarray(record * 90, (record + 1) * 90));
    runner.run();
    graph.steps.forEach(({ output }, i) => {
      const { buffer, byteOffset, byteLength } = runner.values[output]!;
      edges[i]!.push(new Uint8Array(buffer, byteOffset, byteLength).slice());
    });
  }
  const joined = edges.map((list) => Uint8Array.from(Buffer.concat(list)));
  return { edges: joined, outputs: joined.at(-1)! };
}

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'cheetah-infer-'));
});
afterAll(() => rmSync(home, { recursive: true }));
beforeEach(() => {
  folder = mkdtempSync(join(home, 'run-'));
  writeFileSync(at('model.tflite'), MODEL);
  writeFileSync(at('in.bin'), RECORDS);
});

const run = (...args: string[]) => performed(['infer', ...args], { cwd: folder });
const bytes = (...parts: string[]): number[] => [...readFileSync(at(...parts))];

/** The folder, with a model of ours in it. */
async function ours(): Promise<string> {
  await saveModel(at('ours'), { network: SMALL_NETWORK, parameters: initialParameters(SMALL_NETWORK, 0) });
  return folder;
}

describe('cheetah infer', () => {
  it('writes the outputs of all records beside the model', async () => {
    const { code, out } = await run('model.tflite', '--input', 'in.bin');
    expect(code).toBe(0);
    expect(out).toBe('3 records of float32 [5] in model.outputs.bin\n');
    expect(bytes('model.outputs.bin')).toEqual([...wanted('gemmlowp').outputs]);
  });

  it('requantizes as asked', async () => {
    const [one, other] = [wanted('gemmlowp'), wanted('float32')].map(({ edges }) =>
      edges.map((edge) => [...edge]),
    );
    expect(one).not.toEqual(other);
    await run('model.tflite', '--input', 'in.bin', '--edges', 'edges', '--requantize', 'float32');
    const files = readdirSync(at('edges'))
      .filter((name) => name.endsWith('.bin'))
      .sort();
    expect(files.map((name) => bytes('edges', name))).toEqual(other);
  });

  it('without the softmax writes what that reads, and runs no step behind', async () => {
    const { out } = await run(
      'model.tflite',
      '--input',
      'in.bin',
      '--softmax',
      'left-out',
      '--edges',
      'edges',
    );
    expect(out).toContain('3 records of int8 [5] in model.outputs.bin\n10 tensors of each');
    expect(bytes('model.outputs.bin')).toEqual([...wanted('gemmlowp').edges.at(-3)!]);
    expect(
      await complaintOf(['infer', 'ours', '--input', 'in.bin', '--softmax', 'left-out'], await ours()),
    ).toBe('cheetah: two-dense has no softmax at its end that could be left out; leave out --softmax');
  });

  it('writes every tensor between, listed in edges.json', async () => {
    const { out } = await run(
      'model.tflite',
      '--input',
      'in.bin',
      '--output',
      'o.bin',
      '--edges',
      'deep/edges',
    );
    expect(out).toContain('12 tensors of each in deep/edges');
    const list = JSON.parse(readFileSync(at('deep', 'edges', 'edges.json'), 'utf8')) as Record<
      string,
      unknown
    >[];
    expect(list[1]).toEqual({
      file: '001-1-CONV_2D.bin',
      step: '1 CONV_2D',
      name: 't4',
      type: 'int8',
      shape: [4, 4, 4],
    });
    const { edges } = wanted('gemmlowp');
    list.forEach(({ file }, i) => {
      expect(bytes('deep', 'edges', String(file)), String(file)).toEqual([...edges[i]!]);
    });
    expect(list).toHaveLength(edges.length);
    expect(readdirSync(at('deep', 'edges'))).toHaveLength(edges.length + 1);
  });

  it('takes and gives .npy, and only the first records where so asked', async () => {
    writeFileSync(at('in.npy'), encodeRecords('in.npy', [INPUT], RECORDS));
    const { out } = await run('model.tflite', '--input', 'in.npy', '--output', 'o.npy', '--records', '2');
    expect(out).toBe('2 records of float32 [5] in o.npy\n');
    const written = readFileSync(at('o.npy'));
    expect(written.subarray(10, 128).toString()).toContain(
      "'descr': '<f4', 'fortran_order': False, 'shape': (2, 5)",
    );
    expect([...written.subarray(128)]).toEqual([...wanted('gemmlowp').outputs.subarray(0, 40)]);
  });

  it('tells as JSON what was run', async () => {
    const { out } = await run('model.tflite', '--input', 'in.bin', '--json', '--output', 'o.bin');
    expect(JSON.parse(out)).toMatchObject({
      model: 'model.tflite',
      requantize: 'gemmlowp',
      records: 3,
      inputs: [{ shape: [6, 5, 3], type: 'float32' }],
      outputs: [{ shape: [5], type: 'float32' }],
      output: 'o.bin',
      edges: null,
    });
  });

  it('runs a saved model of ours in float32', async () => {
    await ours();
    writeFileSync(at('images.bin'), new Uint8Array(new Float32Array(2 * 784).fill(0.5).buffer));
    const { out } = await run('ours', '--input', 'images.bin', '--edges', 'edges');
    expect(out).toContain('2 records of float32 [10] in ours.outputs.bin');
    const outputs = bytes('ours.outputs.bin');
    expect(outputs.slice(0, 40)).toEqual(outputs.slice(40));
    expect(existsSync(at('edges', 'edges.json'))).toBe(true);
  });
});

describe('what cannot be run ends in one line, and nothing is written', () => {
  const before = ['in.bin', 'model.tflite'];
  const refused = async (...args: string[]): Promise<string> => {
    const there = readdirSync(folder);
    const line = await complaintOf(['infer', ...args], folder);
    expect(line).not.toContain('\n');
    expect(readdirSync(folder)).toEqual(there);
    return line;
  };

  it('models', async () => {
    expect(readdirSync(folder)).toEqual(before);
    expect(await refused('none.tflite', '--input', 'in.bin')).toContain('none.tflite');
    writeFileSync(at('cut.tflite'), MODEL.subarray(0, 900));
    expect(await refused('cut.tflite', '--input', 'in.bin')).toContain('cut.tflite is cut or altered');
    writeFileSync(at('text.tflite'), 'this is no model');
    expect(await refused('text.tflite', '--input', 'in.bin')).toContain(
      'text.tflite is no file of this kind',
    );
    writeFileSync(at('bad.tflite'), writeTflite(withTensor(everyOperator(), 4, { scales: [0] })));
    expect(await refused('bad.tflite', '--input', 'in.bin')).toContain(
      'bad.tflite: tensor 4 (t4) has 1 scales',
    );
  });

  it('records', async () => {
    writeFileSync(at('short.bin'), RECORDS.subarray(0, 359));
    expect(await refused('model.tflite', '--input', 'short.bin')).toContain(
      'no whole number of records of 360',
    );
    writeFileSync(at('bytes.npy'), encodeRecords('a.npy', [{ ...INPUT, type: 'uint8' }], new Uint8Array(90)));
    expect(await refused('model.tflite', '--input', 'bytes.npy')).toContain('values of type |u1');
    expect(await refused('model.tflite', '--input', 'none.bin')).toContain('none.bin');
    mkdirSync(at('folder'));
    expect(await refused('model.tflite', '--input', 'folder')).toContain('folder');
  });

  it('options', async () => {
    for (const records of ['0', '-1', '1.5', 'many']) {
      expect(await refused('model.tflite', '--input', 'in.bin', `--records=${records}`)).toContain(
        '--records',
      );
    }
    expect(await refused('model.tflite', '--input', 'in.bin', '--requantize', 'none')).toContain('gemmlowp');
    expect(await refused('model.tflite')).toContain('input');
    expect(await refused('model.tflite', '--input', 'in.bin', '--output', 'in.bin/o.bin')).toContain(
      'in.bin',
    );
  });

  it('with a non-zero exit', () => {
    const ran = cheetah(['infer', at('none.tflite'), '--input', at('in.bin')]);
    expect(ran.code).toBe(1);
    expect(ran.out).toBe('');
    expect(ran.err).toMatch(/^cheetah: [^\n]*none\.tflite[^\n]*\n$/);
  });
});
