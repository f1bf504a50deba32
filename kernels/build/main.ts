// Builds the kernels, unless all that a build writes is there as these sources give it. Only then is the compiler
// loaded: that alone takes longer than everything else here.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Build, isUpToDate, recordOf } from './record.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

const filesOf = (folder: string) =>
  readdirSync(join(root, folder))
    .sort()
    .map((name) => `${folder}/${name}`);

const build: Build = {
  root,
  inputs: [
    ...filesOf('kernels/assembly'),
    ...filesOf('kernels/build'),
    'kernels/layouts.ts',
    'node_modules/assemblyscript/package.json',
  ],
  outputs: ['dist/kernels/kernels.wasm', 'dist/kernels/relaxed.wasm', 'kernels/calls.ts'],
  record: 'dist/kernels/built-from.txt',
};

if (!isUpToDate(build)) {
  const { compileKernels } = await import('./compile.js');
  await compileKernels(root);
  writeFileSync(join(root, build.record), recordOf(build));
}
