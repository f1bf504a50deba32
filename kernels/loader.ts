/** The one way to the WebAssembly kernels: an instance over a memory of its own, a bump allocator, and views. */
import { readFileSync } from 'node:fs';

/** Every export takes and returns numbers: sizes, pointers (bytes) and float64 constants. */
export type KernelCalls = Readonly<Record<string, (...args: number[]) => number>>;

/** WebAssembly pages are 64 KiB. */
const PAGE = 65_536;
/** Panels are read in 16-byte vectors and cache lines are 64 bytes. */
const ALIGNMENT = 64;

let compiled: WebAssembly.Module | undefined;

function compiledModule(): WebAssembly.Module {
  if (compiled === undefined) {
    // the same file serves the built package (dist/kernels) and the TypeScript sources (kernels)
    const here = new URL('./kernels.wasm', import.meta.url);
    const fromSources = new URL('../dist/kernels/kernels.wasm', import.meta.url);
    compiled = new WebAssembly.Module(readFileSync(import.meta.url.endsWith('.ts') ? fromSources : here));
  }
  return compiled;
}

/**
 * One heap and the kernels over it. A plan allocates once and gives nothing back; `clear` empties the heap for the
 * next plan. The engine does not count shared memory when it decides to collect, so a long run of plans needs one
 * heap, not one a plan. Growing keeps earlier views valid, since the memory is shared.
 */
export class Kernels {
  readonly call: KernelCalls;
  readonly #memory: WebAssembly.Memory;
  #top = ALIGNMENT;

  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: 65_536, shared: true });
    const abort = () => {
      throw new Error('a WebAssembly kernel aborted');
    };
    const instance = new WebAssembly.Instance(compiledModule(), { env: { memory: this.#memory, abort } });
    this.call = instance.exports as unknown as KernelCalls;
  }

  /** Bytes in use. */
  get used(): number {
    return this.#top;
  }

  /** A pointer to `bytes` zeroed bytes, aligned to 64. */
  allocate(bytes: number): number {
    const pointer = this.#top;
    this.#top = Math.ceil((pointer + bytes) / ALIGNMENT) * ALIGNMENT;
    // vectors may be read and written past the end of a buffer
    const missing = this.#top + ALIGNMENT - this.#memory.buffer.byteLength;
    if (missing > 0) this.#memory.grow(Math.ceil(missing / PAGE));
    return pointer;
  }

  /** Empties the heap and zeroes it; whatever lay on it is over. The memory stays, for what comes next. */
  clear(): void {
    this.call.zeroBytes!(ALIGNMENT, this.#memory.buffer.byteLength - ALIGNMENT);
    this.#top = ALIGNMENT;
  }

  u8(pointer: number, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, pointer, length);
  }

  u16(pointer: number, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, pointer, length);
  }

  u32(pointer: number, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, pointer, length);
  }

  i16(pointer: number, length: number): Int16Array {
    return new Int16Array(this.#memory.buffer, pointer, length);
  }

  i32(pointer: number, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, length);
  }

  i64(pointer: number, length: number): BigInt64Array {
    return new BigInt64Array(this.#memory.buffer, pointer, length);
  }

  f32(pointer: number, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, pointer, length);
  }

  f64(pointer: number, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, pointer, length);
  }
}

/** A fresh heap with the kernels over it; the compiled module is shared. */
export function createKernels(): Kernels {
  return new Kernels();
}
