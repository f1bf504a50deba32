/** The one way to the WebAssembly kernels: an instance over a memory of its own, a bump allocator, and views. */
import { UserError } from '../errors.js';
import type { KernelCalls, RelaxedCalls } from './calls.js';
import { abort, moduleOf } from './modules.js';
import { relaxedModule } from './relaxed.js';
import type { Pointer } from './units.js';

/** Whether kernels on relaxed SIMD may be used; `never` is for comparing. */
export type RelaxedSimd = 'where-available' | 'never';

/** WebAssembly pages are 64 KiB. */
const PAGE = 65_536;
/** 4 GB, which 32-bit pointers reach. */
const MOST_PAGES = 65_536;
/** Panels are read in 16-byte vectors and cache lines are 64 bytes. */
const ALIGNMENT = 64;

/**
 * One heap and the kernels over it. A plan allocates once and gives nothing back; `clear` empties the heap for the
 * next plan. The engine does not count shared memory when it decides to collect, so a long run of plans needs one
 * heap, not one a plan. Growing keeps earlier views valid, since the memory is shared.
 */
export class Kernels {
  readonly call: KernelCalls;
  /** The kernels on relaxed SIMD (int8 products), where the engine has it; they give the same codes, sooner. */
  readonly relaxed: RelaxedCalls | undefined;
  readonly #memory: WebAssembly.Memory;
  #top = ALIGNMENT;

  constructor(relaxed: RelaxedSimd, memory?: WebAssembly.Memory) {
    this.#memory = memory ?? reserved();
    const imports = { env: { memory: this.#memory, abort } };
    const exportsOf = (module: WebAssembly.Module) =>
      new WebAssembly.Instance(module, imports).exports as unknown;
    this.call = exportsOf(kernelModule()) as KernelCalls;
    const module = relaxed === 'where-available' ? relaxedModule() : undefined;
    this.relaxed = module && (exportsOf(module) as RelaxedCalls);
  }

  /** For kernels of another thread over the same heap. */
  get memory(): WebAssembly.Memory {
    return this.#memory;
  }

  /** Bytes in use. */
  get used(): number {
    return this.#top;
  }

  /** A pointer to `bytes` zeroed bytes, aligned to 64. Throws UserError where there is too little memory. */
  allocate(bytes: number): Pointer {
    const pointer = this.#top;
    this.#top = Math.ceil((pointer + bytes) / ALIGNMENT) * ALIGNMENT;
    // vectors may be read and written past the end of a buffer
    const missing = this.#top + ALIGNMENT - this.#memory.buffer.byteLength;
    if (missing > 0) this.#grow(Math.ceil(missing / PAGE));
    return pointer;
  }

  #grow(pages: number): void {
    try {
      this.#memory.grow(pages);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      const wanted = Math.ceil(this.#top / 2 ** 20);
      throw new UserError(
        `there is too little memory: the network and its values would take ${wanted} MB of the kernels' 4096; allow more (ulimit -v), or make the network or the batch smaller`,
      );
    }
  }

  /** Empties and zeroes the heap: pointers into it and views of it are void. Its memory is kept for what comes next. */
  clear(): void {
    this.call.zeroBytes(ALIGNMENT, this.#memory.buffer.byteLength - ALIGNMENT);
    this.#top = ALIGNMENT;
  }

  u8(pointer: Pointer, length: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, pointer, length);
  }

  u16(pointer: Pointer, length: number): Uint16Array {
    return new Uint16Array(this.#memory.buffer, pointer, length);
  }

  u32(pointer: Pointer, length: number): Uint32Array {
    return new Uint32Array(this.#memory.buffer, pointer, length);
  }

  i16(pointer: Pointer, length: number): Int16Array {
    return new Int16Array(this.#memory.buffer, pointer, length);
  }

  i32(pointer: Pointer, length: number): Int32Array {
    return new Int32Array(this.#memory.buffer, pointer, length);
  }

  i64(pointer: Pointer, length: number): BigInt64Array {
    return new BigInt64Array(this.#memory.buffer, pointer, length);
  }

  f32(pointer: Pointer, length: number): Float32Array {
    return new Float32Array(this.#memory.buffer, pointer, length);
  }

  f64(pointer: Pointer, length: number): Float64Array {
    return new Float64Array(this.#memory.buffer, pointer, length);
  }
}

/** Reserves addresses for the most that kernels can ever use; memory itself is taken as they need it. */
function reserved(): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: 1, maximum: MOST_PAGES, shared: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UserError(
      'there is too little memory for the kernels, which reserve some 10 GB of addresses and use what they need of them; allow more (ulimit -v unlimited), or start fewer workers',
    );
  }
}

function kernelModule(): WebAssembly.Module {
  const module = moduleOf('kernels');
  if (module !== undefined) return module;
  throw new UserError(
    'the kernels have no WebAssembly module; hand in the bytes of kernels.wasm (and of relaxed.wasm) by provideModules first',
  );
}

/**
 * A fresh heap with the kernels over it; the compiled modules are shared. Throws UserError where none were handed in
 * (`provideModules`).
 */
export function createKernels(relaxed: RelaxedSimd = 'where-available'): Kernels {
  return new Kernels(relaxed);
}

/**
 * Kernels over a heap that another thread made. What is allocated here in the same order gets the same pointers; the
 * other thread must have allocated it before.
 */
export function createKernelsOver(memory: WebAssembly.Memory): Kernels {
  return new Kernels('where-available', memory);
}
