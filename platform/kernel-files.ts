/** The kernels' WebAssembly modules, read from the files of this package: imported once by whatever starts on Node. */
import { readFileSync } from 'node:fs';
import { provideModules } from '../kernels/modules.js';

/** In the built package (dist/kernels), which has them also for what runs from its TypeScript sources. */
const FOLDER = import.meta.url.endsWith('.ts') ? '../dist/kernels/' : '../kernels/';

provideModules((name) => readFileSync(new URL(`${FOLDER}${name}.wasm`, import.meta.url)));
