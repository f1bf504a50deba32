import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { UNKNOWN_ENTRY } from '../../kernels/layouts.js';
import { createKernels } from '../../kernels/loader.js';

const kernels = createKernels();

describe('tables that are filled as codes come', () => {
  it.each([0, 1, 3, 4, 5, 17, 64])(
    'stop at the first entry that is missing, and touch nothing from there on: %i codes',
    (n) => {
      const stream = new Stream(4, 'dataset');
      for (let trial = 0; trial < 200; trial++) {
        const shift = 2 + Math.floor(stream.uniform() * 7);
        const kind = stream.uniform() < 0.5 ? 'one' : 'pair';
        const place = (bits: number) =>
          Array.from({ length: n }, () => Math.floor(stream.uniform() * 2 ** bits));
        const [first, second] = [place(8), place(shift)];
        const index = (i: number) => (kind === 'one' ? first[i]! : first[i]! * 2 ** shift + second[i]!);
        kernels.clear();
        const entries = kind === 'one' ? 256 : 2 ** (8 + shift);
        const table = kernels.allocate(entries * 2);
        const values = kernels.u16(table, entries).map((_, i) => (i * 91) & 255);
        const unknown = n > 0 && stream.uniform() < 0.7 ? index(Math.floor(stream.uniform() * n)) : undefined;
        if (unknown !== undefined) values[unknown] = UNKNOWN_ENTRY;
        kernels.u16(table, entries).set(values);
        const [a, b, out] = [kernels.allocate(n), kernels.allocate(n), kernels.allocate(n + 8)] as const;
        kernels.u8(a, n).set(first);
        kernels.u8(b, n).set(second);
        kernels.u8(out, n + 8).fill(77);
        const from = Math.floor(stream.uniform() * (n + 1));
        const stopped =
          kind === 'one'
            ? kernels.call.lookUpKnown(from, n, a, table, out)
            : kernels.call.lookUpKnownPairs(from, n, a, b, shift, table, out);
        let stop = from;
        while (stop < n && index(stop) !== unknown) stop++;
        const wanted = Array.from({ length: n + 8 }, (_, i) =>
          i >= from && i < stop ? values[index(i)] : 77,
        );
        expect([stopped, ...kernels.u8(out, n + 8)]).toEqual([stop, ...wanted]);
      }
    },
  );
});
