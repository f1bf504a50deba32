/** Compiles the AssemblyScript kernels, and writes the TypeScript interface of what they export. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';
import { interfaceText } from './interface.js';

/**
 * Writes dist/kernels/kernels.wasm, relaxed.wasm for engines with relaxed SIMD, and kernels/calls.ts under `root`.
 * Memory is imported and shared, so that threads can work on one heap, and both modules on the same. Ends the process
 * with the compiler's words where a source is wrong.
 */
export async function compileKernels(root: string): Promise<void> {
  mkdirSync(join(root, 'dist/kernels'), { recursive: true });
  await compile(root, 'index.ts', 'kernels.wasm', ['simd', 'threads']);
  await compile(root, 'relaxed.ts', 'relaxed.wasm', ['simd', 'threads', 'relaxed-simd']);
  writeFileSync(join(root, 'kernels/calls.ts'), interfaceText(root));
}

async function compile(root: string, entry: string, out: string, features: readonly string[]): Promise<void> {
  const { error, stderr } = await asc.main([
    `kernels/assembly/${entry}`,
    '--baseDir',
    root,
    '--outFile',
    `dist/kernels/${out}`,
    '-O3',
    '--noAssert',
    '--runtime',
    'stub',
    ...features.flatMap((feature) => ['--enable', feature]),
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
  ]);
  if (error) {
    process.stderr.write(`${error.message}\n${stderr.toString()}`);
    process.exit(1);
  }
}
