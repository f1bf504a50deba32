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
  it.each([0, 1, 5, 16, 31, 4096, 10_003])('of %i of them which occur, and how often', (n) => {
    const kernels = createKernels();
    for (const step of [1, 36, 255]) {
      const codes = Uint8Array.from({ length: n }, (_, at) =>
        at % 977 === 976 ? stream.below(256) : (stream.below(7) * step) & 0xff,
      );
      const [pc, ps] = [kernels.allocate(n), kernels.allocate(32)] as const;
      kernels.u8(pc, n).set(codes);
      kernels.u8(ps, 32).fill(0xff);
      kernels.call.usedBytes(n, pc, ps);
      const set = kernels.u8(ps, 32);
      for (let code = 0; code < 256; code++) {
        const count = codes.filter((other) => other === code).length;
        const used = (set[(code & 15) + (code >= 128 ? 16 : 0)]! >> ((code >> 4) & 7)) & 1;
        expect([code, used === 1]).toEqual([code, count > 0]);
        expect([code, kernels.call.countCode(n, pc, 1, code)]).toEqual([code, count]);
      }
    }
  });
});
