// Compiles the AssemblyScript kernels: dist/kernels/kernels.wasm, and relaxed.wasm for engines with relaxed SIMD.
// Memory is imported and shared, so that threads can work on one heap, and both modules on the same.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
mkdirSync(join(root, 'dist/kernels'), { recursive: true });

async function compile(entry, out, features) {
  const { error, stderr } = await asc.main([
    `kernels/assembly/${entry}`,
    ...['--baseDir', root, '--outFile', `dist/kernels/${out}`, '-O3', '--noAssert'],
    ...['--runtime', 'stub', ...features.flatMap((feature) => ['--enable', feature])],
    ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
  ]);
  if (error) {
    process.stderr.write(`${error.message}\n${stderr.toString()}`);
    process.exit(1);
  }
}

await compile('index.ts', 'kernels.wasm', ['simd', 'threads']);
await compile('relaxed.ts', 'relaxed.wasm', ['simd', 'threads', 'relaxed-simd']);
