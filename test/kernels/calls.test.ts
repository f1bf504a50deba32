import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { interfaceText, MODULES } from '../../kernels/build/interface.js';
import { signaturesOf } from '../../kernels/build/signatures.js';
import { createKernels } from '../../kernels/loader.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const assembly = `${root}kernels/assembly`;

describe('the interface of the kernels', () => {
  it('is in line with their sources; npm run build:wasm writes it anew', () => {
    expect(readFileSync(`${root}kernels/calls.ts`, 'utf8')).toBe(interfaceText(root));
  });

  const { call, relaxed } = createKernels();
  const modules = { index: call, relaxed } as const;
  it.each(MODULES)('$name has the functions the module exports, with as many parameters', ({ entry }) => {
    const exported = modules[entry];
    if (!exported) return;
    const functions = Object.entries(exported).filter(([, value]) => typeof value === 'function');
    const written = signaturesOf(assembly, entry).map(({ name, parameters }) => [name, parameters.length]);
    expect(written.sort()).toEqual(functions.map(([name, { length }]) => [name, length]).sort());
  });

  it('names parameters and keeps what is said of a kernel', () => {
    const gemm = signaturesOf(assembly, 'relaxed').find(({ name }) => name === 'gemmInt8')!;
    expect(gemm.parameters.map(({ name }) => name).join(' ')).toBe('m n k steps a b start c');
    expect(gemm.doc.startsWith('/**\n * int8 × uint7 → int32, started from `start` [n];')).toBe(true);
    expect(gemm.doc.endsWith('widening is a second multiplication.\n */')).toBe(true);
    expect(signaturesOf(assembly, 'index').filter(({ doc }) => doc === '')).toEqual([]);
  });

  it('takes a pointer for no count and no name that is none', () => {
    const kernels = createKernels();
    const [from, to] = [kernels.allocate(8), kernels.allocate(8)];
    // @ts-expect-error: the number of bytes comes last
    const swapped = () => kernels.call.copyBytes(8, from, to);
    // @ts-expect-error: no such kernel
    const unknown = () => kernels.call.copyBits(from, to, 8);
    expect([swapped, unknown].length).toBe(2);
    kernels.u8(from, 8).fill(7);
    kernels.call.copyBytes(from, to, 8);
    expect([...kernels.u8(to, 8)]).toEqual(Array.from({ length: 8 }, () => 7));
  });
});
