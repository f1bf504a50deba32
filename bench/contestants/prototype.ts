/**
 * Kernels of an earlier prototype, compiled beside ours where a folder with its `gemm.ts` and `round.ts`
 * is given: `gemm_i16`, `gemm_f32` and `gemm_f64` (m, n, k, A, B, C on panels of 4 rows and of 8, 4 for float64) and `round8`
 * (n, values, base, thresholds, codes: one table look-up and one comparison a float32).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import asc from 'assemblyscript/asc';
import { UserError } from '../../dist/errors.js';
import type { RealProduct } from '../layers.js';
import type { Contestant } from '../race.js';

/** What the prototype multiplies. */
export type PrototypeKind = 'int16' | 'float32' | 'float64';

type Call = (...values: number[]) => void;

/** A compiled prototype; every product has an instance with a memory of its own. */
export interface Prototype {
  readonly module: WebAssembly.Module;
}

export interface PrototypeInstance {
  readonly calls: Readonly<Record<'gemm_i16' | 'gemm_f32' | 'gemm_f64' | 'round8', Call>>;
  readonly buffer: SharedArrayBuffer;
  /** Where the caller's bytes begin. */
  readonly first: number;
}

/** The first 64 KiB belong to the compiler's stack and constants. */
const FIRST = 65_536;

/** An instance with room for `bytes`. */
export function instantiate({ module }: Prototype, bytes: number): PrototypeInstance {
  // the kernels read a vector past the last element
  const pages = Math.ceil((FIRST + bytes) / 65_536) + 1;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort() {} } });
  return { calls: exports as unknown as PrototypeInstance['calls'], buffer: memory.buffer, first: FIRST };
}

/** Compiles `gemm.ts` and `round.ts` in `folder` with our own compiler at its highest setting. Throws UserError where they are not there. */
export async function compilePrototype(folder: string): Promise<Prototype> {
  const sources = ['gemm.ts', 'round.ts'].map((file) => join(resolve(folder), file));
  const missing = sources.find((file) => !existsSync(file));
  if (missing !== undefined) {
    throw new UserError(
      `prototype ${folder}: there is no ${basename(missing)}; give the folder that holds it, or none`,
    );
  }
  const out = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const file = join(out, 'prototype.wasm');
    const { error, stderr } = await asc.main([
      ...sources,
      '--outFile',
      file,
      '-O3',
      '--noAssert',
      '--runtime',
      'stub',
      '--enable',
      'simd',
      '--enable',
      'threads',
      '--importMemory',
      '--sharedMemory',
      '--initialMemory',
      '1',
      '--maximumMemory',
      '65536',
    ]);
    if (error)
      throw new UserError(`prototype ${folder}: ${error.message} ${stderr.toString().split('\n')[0]}`);
    return { module: new WebAssembly.Module(readFileSync(file)) };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

const BYTES: Readonly<Record<PrototypeKind, number>> = { int16: 2, float32: 4, float64: 8 };
const CALLS = { int16: 'gemm_i16', float32: 'gemm_f32', float64: 'gemm_f64' } as const;

/** The prototype's GEMM on the same shape, on packed panels. */
export function prototypeProduct(
  prototype: Prototype,
  kind: PrototypeKind,
  { shape, activations, step }: RealProduct,
): Contestant {
  const up = (n: number, multiple: number): number => Math.ceil(n / multiple) * multiple;
  const [m, n, k] = [up(shape.m, 4), up(shape.n, kind === 'float64' ? 4 : 8), up(shape.k, 2)];
  const bytes = BYTES[kind];
  const { calls, buffer, first } = instantiate(prototype, (m * k + n * k) * bytes + m * n * 8);
  const [a, b, c] = [first, first + m * k * bytes, first + (m + n) * k * bytes];
  fill(kind, buffer, a, m * k, activations);
  fill(kind, buffer, b, n * k, step.weights);
  const call = calls[CALLS[kind]];
  return { name: `prototype ${kind}`, run: () => call(m, n, k, a, b, c) };
}

function fill(
  kind: PrototypeKind,
  buffer: SharedArrayBuffer,
  pointer: number,
  count: number,
  values: Float32Array,
): void {
  const most = values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 1e-30);
  const at = (i: number): number => values[i % values.length]!;
  switch (kind) {
    case 'int16': {
      const out = new Int16Array(buffer, pointer, count);
      for (let i = 0; i < count; i++) out[i] = Math.round((at(i) / most) * 127);
      return;
    }
    case 'float32':
    case 'float64': {
      const out =
        kind === 'float32'
          ? new Float32Array(buffer, pointer, count)
          : new Float64Array(buffer, pointer, count);
      for (let i = 0; i < count; i++) out[i] = at(i);
      return;
    }
    default:
      kind satisfies never;
  }
}

/** The prototype's `round8` on finite values: one look-up and one comparison each, for formats of up to 8 bits. */
export function prototypeEncoder(prototype: Prototype, values: Float32Array, codes: number): Contestant {
  const count = values.length;
  const buckets = 0x10000;
  const { calls, buffer, first } = instantiate(prototype, count * 5 + buckets * 5);
  const [from, base] = [first, first + count * 4];
  const [thresholds, out] = [base + buckets, base + buckets * 5];
  new Float32Array(buffer, from, count).set(values);
  // what it looks up does not matter for its speed: codes that grow with the exponent, thresholds inside the buckets
  const bits = new Uint32Array(1);
  const value = new Float32Array(bits.buffer);
  const codesOf = new Uint8Array(buffer, base, buckets);
  const thresholdsOf = new Float32Array(buffer, thresholds, buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    bits[0] = (bucket << 16) | 0x8000;
    codesOf[bucket] = bucket % codes;
    thresholdsOf[bucket] = Math.abs(value[0]!);
  }
  return { name: 'prototype round8', run: () => calls.round8(count, from, base, thresholds, out) };
}
