// Compiles the AssemblyScript kernels to dist/kernels/kernels.wasm. Memory is imported and shared, so that
// threads can work on one heap.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
mkdirSync(join(root, 'dist/kernels'), { recursive: true });
const { error, stderr } = await asc.main([
  'kernels/assembly/index.ts',
  ...['--baseDir', root, '--outFile', 'dist/kernels/kernels.wasm', '-O3', '--noAssert'],
  ...['--runtime', 'stub', '--enable', 'simd', '--enable', 'threads'],
  ...['--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
]);
if (error) {
  process.stderr.write(`${error.message}\n${stderr.toString()}`);
  process.exit(1);
}
