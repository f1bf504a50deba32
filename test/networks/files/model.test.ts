import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { UserError } from '../../../errors.js';
import { loadNetwork } from '../../../networks/files/description.js';
import { loadModel, saveModel, weightsHash } from '../../../networks/files/model.js';
import { MODEL_FILE, WEIGHTS_FILE } from '../../../networks/files/model-files.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensors,
} from '../../../networks/files/safetensors.js';
import { initialParameters } from '../../../networks/parameters.js';
import { getNetwork } from '../../../networks/zoo/registry.js';

const root = mkdtempSync(join(tmpdir(), 'cheetah-files-'));
afterAll(() => rmSync(root, { recursive: true }));
let made = 0;
const fresh = (): string => join(root, String(made++));

const network = getNetwork('mlp4', [2, 2, 1], 3);
const parameters = initialParameters(network, 1);

/** One line, mendable by the user: never another error. */
function expectUserError(error: unknown): void {
  expect(error).toBeInstanceOf(UserError);
  expect((error as Error).message).toMatch(/^[^\n]+$/);
}

import type { StoredTensor } from '../../../networks/tensor.js';

describe('safetensors', () => {
  const tensors = new Map<string, StoredTensor>([
    ['b', { shape: [2, 3], data: Float32Array.of(1, -0, Number.NaN, 5e-45, -3.5, 1e38) }],
    ['a', { shape: [3], data: Uint8Array.of(1, 2, 255) }],
    ['d', { shape: [], data: Float64Array.of(0.1) }],
    ['e', { shape: [0], data: new Uint16Array(0) }],
    ['c', { shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) }],
    ['f', { shape: [1], data: Uint32Array.of(0xffffffff) }],
  ]);

  it('comes back bit for bit, tensors in order of names', () => {
    const { tensors: back, metadata } = decodeSafetensors(encodeSafetensors(tensors, { k: 'v' }), 'x');
    expect([...back.keys()]).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
    for (const [name, { shape, data }] of tensors) {
      expect(back.get(name)!.shape).toEqual(shape);
      expect(back.get(name)!.data).toEqual(data);
      expect(Object.is((back.get('b')!.data as Float32Array)[1], -0)).toBe(true);
    }
    expect([...metadata]).toEqual([['k', 'v']]);
  });

  it('has the layout of the published format', () => {
    const bytes = encodeSafetensors(new Map([['w', { shape: [1], data: Float32Array.of(1) }]]));
    const header = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8);
    expect(Buffer.from(bytes)).toEqual(
      Buffer.concat([
        Buffer.from([padded.length, 0, 0, 0, 0, 0, 0, 0]),
        Buffer.from(padded),
        Buffer.from([0, 0, 0x80, 0x3f]),
      ]),
    );
  });

  it('every truncation is refused', () => {
    const bytes = encodeSafetensors(tensors);
    for (let length = 0; length < bytes.length; length++) {
      let error: unknown;
      try {
        decodeSafetensors(bytes.subarray(0, length), 'x');
      } catch (caught) {
        error = caught;
      }
      expectUserError(error);
    }
  });

  it('random damage never throws anything but one clear line', () => {
    const bytes = encodeSafetensors(tensors, { k: 'v' });
    const stream = new Stream(1, 'dataset');
    let refused = 0;
    for (let i = 0; i < 3000; i++) {
      const damaged = bytes.slice();
      for (let n = 0; n <= stream.below(3); n++) damaged[stream.below(damaged.length)] = stream.below(256);
      try {
        decodeSafetensors(damaged, 'x');
      } catch (error) {
        expectUserError(error);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(1000);
  });

  const file = (header: string, body = 8): Uint8Array => {
    const bytes = new Uint8Array(8 + header.length + body);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(Buffer.from(header), 8);
    return bytes;
  };
  const entry = (from: number, to: number, shape: unknown = [(to - from) / 4]) =>
    JSON.stringify({ dtype: 'F32', shape, data_offsets: [from, to] });

  it.each<[string, Uint8Array, RegExp]>([
    ['a header of 2^63 bytes', Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80), /header is said to have/],
    ['no JSON', file('{"a"'), /not JSON/],
    ['a list', file('[]', 0), /not an object/],
    ['null', file('null', 0), /not an object/],
    ['an overlap', file(`{"a":${entry(0, 8)},"b":${entry(4, 8)}}`), /overlap/],
    ['the same bytes twice', file(`{"a":${entry(0, 4)},"b":${entry(0, 4)}}`), /overlap/],
    ['a hole', file(`{"a":${entry(4, 8)}}`), /hole/],
    ['bytes left over', file(`{"a":${entry(0, 4)}}`), /4 bytes at its end/],
    ['offsets behind the end', file(`{"a":${entry(0, 12)}}`), /do not hold/],
    ['offsets backwards', file(`{"a":${entry(8, 4, [0])}}`), /do not hold/],
    ['a shape that is too large', file(`{"a":${entry(0, 8, [2 ** 50, 2 ** 50])}}`), /do not hold/],
    ['a negative extent', file(`{"a":${entry(0, 8, [-1, -2])}}`), /tensor "a"/],
    ['an unknown type', file('{"a":{"dtype":"I7","shape":[2],"data_offsets":[0,8]}}'), /tensor "a"/],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}', 0), /metadata/],
  ])('%s is refused', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'x')).toThrow(UserError);
    expect(() => decodeSafetensors(bytes, 'x')).toThrow(message);
  });

  it('F16 and BF16 are read as the float32 they are exactly; a type that is not read is called by its name', () => {
    const half = (dtype: string) =>
      new TextEncoder().encode(`{"a":{"dtype":"${dtype}","shape":[3],"data_offsets":[0,6]}}`);
    const container = (dtype: string, codes: readonly number[]) => {
      const header = half(dtype);
      const bytes = Buffer.alloc(8 + header.length + 2 * codes.length);
      bytes.writeBigUInt64LE(BigInt(header.length));
      bytes.set(header, 8);
      for (const [i, code] of codes.entries()) bytes.writeUInt16LE(code, 8 + header.length + 2 * i);
      return bytes;
    };
    const read = (dtype: string, codes: readonly number[]) =>
      decodeSafetensors(container(dtype, codes), 'x').tensors.get('a')!.data;
    expect(read('F16', [0x3c00, 0x8001, 0xfbff])).toEqual(Float32Array.of(1, -(2 ** -24), -65504));
    expect(read('BF16', [0x3f80, 0x8001, 0x7f7f])).toEqual(Float32Array.of(1, -(2 ** -133), 255 * 2 ** 120));
    expect(() => read('I64', [1, 2, 3])).toThrow('x: tensor "a" is of type I64; F32, F64, I32, U8');
  });

  it('twenty thousand names of the same bytes are refused at once', () => {
    const names = Array.from({ length: 19_999 }, (_, i) => `"t${i}":${entry(0, 8)}`);
    // the time limit is against comparing each with each, which takes minutes
    expect(() => decodeSafetensors(file(`{${names.join()}}`), 'x')).toThrow(/overlap/);
  }, 20_000);
});

describe('models', () => {
  it('come back as they were, with the same hash and nothing left beside', async () => {
    const directory = fresh();
    const { weightsHash: hash } = await saveModel(directory, { network, parameters, notes: { seed: 1 } });
    expect(readdirSync(directory).sort()).toEqual([MODEL_FILE, WEIGHTS_FILE]);
    const model = await loadModel(directory);
    expect(model.network).toEqual(network);
    expect(model.parameters.size).toBe(parameters.size);
    for (const [name, tensor] of parameters) expect(model.parameters.get(name)).toEqual(tensor);
    expect(model.weightsHash).toBe(hash);
    expect(model.notes).toEqual({ seed: 1 });
    const again = fresh();
    await saveModel(again, { network: model.network, parameters: model.parameters, notes: model.notes });
    for (const file of [MODEL_FILE, WEIGHTS_FILE]) {
      expect(readFileSync(join(again, file))).toEqual(readFileSync(join(directory, file)));
    }
  });

  it('the hash is over the bytes in order of names, whatever the order of the map', () => {
    const reversed = new Map([...parameters].reverse());
    expect(weightsHash(reversed)).toBe(weightsHash(parameters));
    const changed = new Map(parameters);
    changed.set('dense4.bias', { shape: [3], data: Float32Array.of(0, -0, 0) });
    expect(weightsHash(changed)).not.toBe(weightsHash(parameters));
    expect(weightsHash(new Map())).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it.each<[string, (directory: string) => void, RegExp]>([
    ['no description', (d) => rmSync(join(d, MODEL_FILE)), /does not exist/],
    ['no weights', (d) => rmSync(join(d, WEIGHTS_FILE)), /does not exist/],
    ['a description cut short', (d) => cut(join(d, MODEL_FILE)), /not JSON/],
    ['weights cut short', (d) => cut(join(d, WEIGHTS_FILE)), /not a sound safetensors file/],
    ['weights of another model', (d) => swap(d), /does not belong to/],
    ['a NaN weight', (d) => poison(d), /tensor dense1\.weight: element 0 is NaN/],
    ['another format', (d) => writeFileSync(join(d, MODEL_FILE), '{"format":"other"}'), /not a saved model/],
  ])('%s gives one clear line', async (_, damage, message) => {
    const directory = fresh();
    await saveModel(directory, { network, parameters });
    damage(directory);
    const error = await loadModel(directory).catch((caught: unknown) => caught);
    expectUserError(error);
    expect((error as Error).message).toMatch(message);
  });

  it('NaN weights are not saved', async () => {
    const bad = initialParameters(network, 1);
    bad.get('dense1.bias')!.data[2] = Number.NaN;
    const directory = fresh();
    await expect(saveModel(directory, { network, parameters: bad })).rejects.toThrow(
      /dense1\.bias: element 2/,
    );
    await expect(readSafetensors(join(directory, WEIGHTS_FILE))).rejects.toThrow(/does not exist/);
  });

  it('a network description comes from a file alone; directories and endless devices are refused', async () => {
    const path = join(root, 'net.json');
    writeFileSync(path, JSON.stringify(network));
    expect(await loadNetwork(path)).toEqual(network);
    await expect(loadNetwork(root)).rejects.toThrow(/is a directory, not a file/);
    await expect(loadNetwork('/dev/zero')).rejects.toThrow(/is a device, not a file|does not exist/);
  });
});

function cut(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.subarray(0, bytes.length >> 1));
}

function swap(directory: string): void {
  writeFileSync(join(directory, WEIGHTS_FILE), encodeSafetensors(initialParameters(network, 2)));
}

function poison(directory: string): void {
  const bad = initialParameters(network, 1);
  bad.get('dense1.weight')!.data[0] = Number.NaN;
  writeFileSync(join(directory, WEIGHTS_FILE), encodeSafetensors(bad));
}
