/** The WebAssembly files the build makes (kernels/build/main.ts). */
import { readFileSync } from 'node:fs';

/** The bytes of one of them, from the built package (dist/kernels) or beside the TypeScript sources (kernels). */
export function wasmBytes(name: 'kernels.wasm' | 'relaxed.wasm'): Uint8Array {
  const folder = import.meta.url.endsWith('.ts') ? '../dist/kernels/' : './';
  return readFileSync(new URL(folder + name, import.meta.url));
}

/** What the stub runtime of AssemblyScript calls on a failed allocation; kernels make none. */
export function abort(): never {
  throw new Error('a WebAssembly kernel aborted');
}
