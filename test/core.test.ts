import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { type BuildResult, build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import * as library from '../index.js';
import { runProgram } from './core-program.js';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What a page does: hands in the modules, then uses the entry by its name. */
const PAGE = `
  import * as core from 'cheetah-numerics/core';
  import { runProgram } from './test/core-program.js';
  globalThis.start = () => {
    core.provideModules((name) => modules[name]);
    return runProgram(core);
  };
  globalThis.kernelsAtOnce = () => core.createKernels();
  globalThis.hasRelaxed = () => core.createKernels().relaxed !== undefined;`;

let built: BuildResult<{ metafile: true; write: false }>;

beforeAll(async () => {
  built = await build({
    stdin: { contents: PAGE, resolveDir: root },
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'es2022',
    write: false,
    metafile: true,
    logLevel: 'silent',
    // seen below instead of ending the bundling
    external: ['node:*'],
  });
});

const bytesOf = (name: string): Uint8Array =>
  readFileSync(new URL(`../dist/kernels/${name}.wasm`, import.meta.url));

/** The bundle in a context that has what a browser's worker has, on a page that may not share memory. */
function page(modules: Readonly<Record<string, unknown>>) {
  const context = createContext({ modules, TextDecoder, TextEncoder, performance });
  runInContext('delete globalThis.SharedArrayBuffer; delete globalThis.Atomics;', context);
  expect(
    runInContext('[typeof process, typeof Buffer, typeof require, typeof SharedArrayBuffer].join()', context),
  ).toBe('undefined,undefined,undefined,undefined');
  runInContext(built.outputFiles[0]!.text, context);
  return (call: string): unknown => runInContext(call, context);
}

describe('the entry for browsers', () => {
  it('bundles without a module of Node, and without the floors that touch files', () => {
    const outside = Object.values(built.metafile.outputs).flatMap(({ imports }) => imports);
    expect(outside).toEqual([]);
    const inside = Object.keys(built.metafile.inputs);
    expect(inside.some((path) => path.startsWith('dist/formats/'))).toBe(true);
    expect(inside.filter((path) => /^dist\/(platform|input|sweep|report|cli)\//.test(path))).toEqual([]);
  });

  it('names nothing that only Node has', () => {
    const text = built.outputFiles[0]!.text;
    const found = text.match(/\b(Buffer|process|__dirname|setImmediate)\.|\brequire\(/g) ?? [];
    expect(found).toEqual([]);
  });

  const expected = runProgram(library);

  it('gives in a plain context the codes, the dots and the plans that the library gives on Node', () => {
    const call = page({ kernels: bytesOf('kernels'), relaxed: bytesOf('relaxed') });
    expect(call('start()')).toBe(expected);
    expect(call('hasRelaxed()')).toBe(library.createKernels().relaxed !== undefined);
  });

  it('takes a compiled module as well, and does without relaxed SIMD', () => {
    const call = page({ kernels: new WebAssembly.Module(bytesOf('kernels')) });
    expect(call('start()')).toBe(expected);
    expect(call('hasRelaxed()')).toBe(false);
  });

  it('says what to hand in where the kernels have no module', () => {
    const call = page({});
    expect(() => call('kernelsAtOnce()')).toThrow(
      /hand in the bytes of kernels\.wasm .*provideModules first/,
    );
  });
});
