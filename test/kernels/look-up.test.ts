import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { createKernels } from '../../kernels/loader.js';
import { many } from './accumulator-operands.js';

const stream = new Stream(77, 'dataset');

describe('operands by tables', () => {
  it('entries by codes of 1 and 2 bytes, rows without zeros, and the rows that hold a marked code', () => {
    const [rows, k] = [7, 9];
    for (const bytes of [1, 2] as const) {
      const kernels = createKernels();
      const count = bytes === 1 ? 256 : 65_536;
      const codes = many(rows * k, () => stream.below(count));
      const from = kernels.allocate(codes.length * bytes);
      (bytes === 1 ? kernels.u8(from, codes.length) : kernels.u16(from, codes.length)).set(codes);
      const table = kernels.allocate(count * 8);
      kernels.f64(table, count).set(many(count, () => stream.uniform()));
      const to = kernels.allocate(codes.length * 8);
      kernels.call.lookUp32(codes.length, from, bytes, table, to);
      expect([...kernels.i32(to, codes.length)]).toEqual(codes.map((c) => kernels.i32(table, count)[c]));
      if (bytes === 1) {
        kernels.call.lookUp64(codes.length, from, table, to);
        const entries = codes.map((code) => kernels.f64(table, count)[code]);
        expect([...kernels.f64(to, codes.length)]).toEqual(entries);
      }
      const keep = kernels.allocate(count);
      const kept = kernels.u8(keep, count);
      kept.set(many(count, () => stream.below(2)));
      const [offsets, counts] = [kernels.allocate(codes.length * 4), kernels.allocate(rows * 4)] as const;
      for (const size of bytes === 1 ? [1, 8] : [8]) {
        kernels.call.lookUpNonZero(rows, k, from, bytes, keep, table, size, to, offsets, counts);
        for (let row = 0; row < rows; row++) {
          const left = [...new Array(k).keys()].filter((p) => kept[codes[row * k + p]!] === 1);
          expect(kernels.i32(counts, rows)[row]).toBe(left.length);
          const at = row * k * 4;
          expect([...kernels.i32(offsets + at, left.length)]).toEqual(left.map((p) => p * size * 8));
          const entries = left.map((p) => codes[row * k + p]!);
          if (size === 1) {
            const values = entries.map((code) => kernels.u8(table, count)[code]);
            expect([...kernels.u8(to + row * k, left.length)]).toEqual(values);
          } else {
            const values = entries.map((code) => kernels.f64(table, count)[code]);
            expect([...kernels.f64(to + row * k * 8, left.length)]).toEqual(values);
          }
        }
      }
      const marks = kernels.allocate(count);
      const marked = [codes[k - 1]!, codes[3 * k]!, codes[6 * k + 4]!];
      for (const code of marked) kernels.u8(marks, count)[code] = 1;
      const list = kernels.allocate((rows + 1) * 4);
      const expected = [...new Array(rows).keys()].filter((row) =>
        codes.slice(row * k, (row + 1) * k).some((code) => marked.includes(code)),
      );
      const found = kernels.call.rowsMarked(rows, k, from, bytes, marks, list);
      expect([...kernels.i32(list, found)]).toEqual(expected);
    }
  });

  it('bytes to their places between the channels of others, which stay as they are', () => {
    const kernels = createKernels();
    const [pixels, channels, total, first] = [6, 5, 9, 3];
    const codes = many(pixels * channels, () => stream.below(256));
    const entries = many(256, () => stream.below(256));
    const before = many(pixels * total, () => stream.below(256));
    const [from, table, to] = [codes, entries, before].map((bytes) => {
      const at = kernels.allocate(bytes.length);
      kernels.u8(at, bytes.length).set(bytes);
      return at;
    }) as [number, number, number];
    kernels.call.scatterLookUp(pixels, channels, from, table, total, first, to);
    const expected = before.map((byte, i) => {
      const channel = (i % total) - first;
      if (channel < 0 || channel >= channels) return byte;
      return entries[codes[Math.floor(i / total) * channels + channel]!];
    });
    expect([...kernels.u8(to, before.length)]).toEqual(expected);
  });
});
