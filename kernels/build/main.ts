// Compiles the AssemblyScript kernels: dist/kernels/kernels.wasm, and relaxed.wasm for engines with relaxed SIMD.
// Memory is imported and shared, so that threads can work on one heap, and both modules on the same. Beside it writes
// kernels/calls.ts, by which TypeScript knows their names and parameters.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { interfaceText } from './interface.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

async function compile(entry: string, out: string, features: readonly string[]): Promise<void> {
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

mkdirSync(join(root, 'dist/kernels'), { recursive: true });
await compile('index.ts', 'kernels.wasm', ['simd', 'threads']);
await compile('relaxed.ts', 'relaxed.wasm', ['simd', 'threads', 'relaxed-simd']);
writeFileSync(join(root, 'kernels/calls.ts'), interfaceText(root));
