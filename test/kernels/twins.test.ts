import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { panels } from './panels.js';

/** Plain twins of the kernels: the same arithmetic written as loops over matrices. */

const stream = new Stream(21, 'dataset');
const integer = (bound: number) => stream.below(2 * bound + 1) - bound;

describe('packing and laying out', () => {
  it.each([1, 2, 3, 9, 25])('codes through a table, k = %i', (k) => {
    const kernels = createKernels();
    const m = 8;
    const even = k + (k & 1);
    const table = Int16Array.from({ length: 256 }, () => integer(32767));
    const codes = Uint8Array.from({ length: m * k }, () => stream.below(256));
    const [pc, pt, po] = [
      kernels.allocate(m * k),
      kernels.allocate(512),
      kernels.allocate(m * even * 2),
    ] as const;
    kernels.u8(pc, m * k).set(codes);
    kernels.i16(pt, 256).set(table);
    kernels.call.packInt16(m, k, pc, pt, po);
    const padded = Array.from({ length: m * even }, (_, at) => {
      const p = at % even;
      return p < k ? table[codes[Math.floor(at / even) * k + p]!]! : 0;
    });
    expect([...kernels.i16(po, m * even)]).toEqual(panels(padded, m, even, 4, 2));
  });
});

describe('codes', () => {
  it.each([0, 1, 5, 4096, 10_003])('counting %i of them', (n) => {
    const kernels = createKernels();
    const codes = Uint8Array.from({ length: n }, () => stream.below(7) * 36);
    const [pc, ps, ph] = [kernels.allocate(n), kernels.allocate(4096), kernels.allocate(1024)] as const;
    kernels.u8(pc, n).set(codes);
    kernels.u32(ph, 256).fill(3);
    kernels.call.countBytes(n, pc, ps, ph);
    const expected = new Uint32Array(256).fill(3);
    for (const code of codes) expected[code]!++;
    expect(kernels.u32(ph, 256)).toEqual(expected);
  });
});
