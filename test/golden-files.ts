/**
 * The files of golden vectors (docs/golden-vectors.md) as the independent program (golden-program.ts) reads them, with a
 * safetensors reader of its own. It imports nothing of the project, on purpose.
 */
import { readFileSync } from 'node:fs';
import type { FrameFile, WindowFile } from './golden-network.js';

export interface TensorFile {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** safetensors: 8 bytes of header length, a JSON header, then the bytes. */
export function readTensors(file: string): Map<string, TensorFile> {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, TensorFile>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const part = bytes.subarray(8 + length + data_offsets[0], 8 + length + data_offsets[1]);
    const copy = part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength);
    const data =
      dtype === 'U8'
        ? new Uint8Array(copy)
        : dtype === 'U16'
          ? new Uint16Array(copy)
          : dtype === 'U32'
            ? new Uint32Array(copy)
            : dtype === 'I32'
              ? new Int32Array(copy)
              : new Float32Array(copy);
    tensors.set(name, { shape, data });
  }
  return tensors;
}

export interface EncodingFile {
  readonly format: string;
  readonly mode: string;
  readonly policy: string;
  readonly underflow: string;
  readonly scales: readonly string[];
  readonly zeroPoint: number;
}

export interface MacFile {
  readonly kind: 'mac';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly window: WindowFile;
  readonly groups: number;
  readonly outChannels: number;
  readonly k: number;
  readonly activation: 'identity' | 'relu' | 'relu6';
  readonly cap: string;
  readonly weights: EncodingFile;
  readonly multipliers: readonly string[];
  readonly bias: readonly string[];
  readonly latticeExponent: number;
}

export interface PoolFile {
  readonly kind: 'pool';
  readonly name: string;
  readonly pooling: 'max' | 'average';
  readonly input: string;
  readonly output: string;
  readonly window: WindowFile;
  readonly multiplier: string;
}

/** A residual add, or an activation that stands alone. */
export interface JoinFile {
  readonly kind: 'add' | 'activation';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly activation: 'identity' | 'relu' | 'relu6';
  readonly cap: string;
  readonly multipliers: readonly string[];
}

/** Channels side by side: a multiplier an input, `none` where its codes are not touched. */
export interface ConcatFile {
  readonly kind: 'concat';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly pixels: number;
  readonly channels: readonly number[];
  readonly multipliers: readonly string[];
}

export interface PadFile {
  readonly kind: 'pad';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly frame: FrameFile;
}

export interface PlanFile {
  readonly images: number;
  readonly choices: { readonly accumulator: string; readonly logits: 'rounded' | 'accumulator' };
  readonly edges: readonly {
    readonly name: string;
    readonly size: number;
    readonly encoding: EncodingFile;
  }[];
  readonly steps: readonly (MacFile | PoolFile | JoinFile | ConcatFile | PadFile)[];
  readonly predictions: readonly number[];
}
