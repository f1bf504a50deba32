/** The table by which the kernels encode float32 values in up to 8 bits (kernels/assembly/encode-bytes.ts). */
import { ByteEntry } from '../../kernels/layouts.js';
import { type RoundingThresholds, thresholdIndex } from './thresholds.js';

export interface ByteTable {
  readonly entries: Uint32Array;
  /** Magnitude bits (a float32's without its sign) at which the second entry begins, and the largest with an entry. */
  readonly lowest: number;
  readonly highest: number;
  /** Low bits of a magnitude within an entry. */
  readonly shift: number;
  /** Entries a sign. */
  readonly size: number;
}

/** Codes of one sign by magnitude: each from `start` (a float32's bits) on. */
interface Run {
  readonly start: number;
  readonly code: number;
}

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);
const LARGEST_FLOAT32 = 0x7f7fffff;

/** Bits of the smallest float32 not below x (`from`) or above it (`beyond`), x ≥ 0. */
function firstBits(x: number, side: 'from' | 'beyond'): number {
  single[0] = x;
  const near = single[0]!;
  return near > x || (side === 'from' && near === x) ? singleBits[0]! : singleBits[0]! + 1;
}

function runsOf(table: RoundingThresholds, sign: 1 | -1): Run[] {
  const { codes, thresholds } = table;
  const tiny = thresholdIndex(table, sign * 2 ** -149);
  const runs: Run[] = [{ start: 1, code: codes[tiny]! }];
  const add = (start: number, code: number) => {
    if (start > LARGEST_FLOAT32) return;
    if (runs.at(-1)!.start === start) runs.pop();
    runs.push({ start, code });
  };
  if (sign === 1) {
    for (let i = tiny + 1; i < thresholds.length; i++) add(firstBits(thresholds[i]!, 'from'), codes[i]!);
  } else {
    for (let i = tiny; i > 0; i--) add(firstBits(-thresholds[i]!, 'beyond'), codes[i - 1]!);
  }
  return runs;
}

/** The table with so many low bits an entry; undefined where an entry would have three codes. */
function tableWith(
  shift: number,
  runs: readonly (readonly Run[])[],
  zeros: readonly number[],
): ByteTable | undefined {
  const starts = runs.flatMap((list) => list.slice(1).map(({ start }) => start));
  // what lies below the first start is one code, and so must the values at `lowest` be
  const lowest = ((Math.min(...starts, LARGEST_FLOAT32) - 1) >>> shift) << shift;
  const highest = Math.max(...starts, lowest);
  const size = (highest >>> shift) - (lowest >>> shift) + 2;
  const entries = new Uint32Array(2 * size);
  for (const [sign, list] of runs.entries()) {
    entries[sign * size] = (zeros[sign]! << ByteEntry.SECOND) | (zeros[sign]! << ByteEntry.FIRST);
    let next = 1;
    let code = list[0]!.code;
    for (let i = 1; i < size; i++) {
      const begin = lowest + ((i - 1) << shift);
      const end = begin + (1 << shift);
      const first = list[next]?.start === begin ? list[next++]!.code : code;
      code = first;
      let threshold = 0;
      if (next < list.length && list[next]!.start < end) {
        threshold = list[next]!.start - begin;
        code = list[next++]!.code;
        if (next < list.length && list[next]!.start < end) return undefined;
      }
      entries[sign * size + i] = (code << ByteEntry.SECOND) | (first << ByteEntry.FIRST) | threshold;
    }
  }
  return { entries, lowest, highest, shift, size };
}

/**
 * The table of a format of up to 8 bits; undefined where thresholds lie so close that entries would have to be finer than
 * 8 fraction bits.
 */
export function byteTable(table: RoundingThresholds): ByteTable | undefined {
  const runs = [runsOf(table, 1), runsOf(table, -1)];
  const zeros = [table.codes[thresholdIndex(table, 0)]!, table.codes[thresholdIndex(table, -0)]!];
  return tableWith(16, runs, zeros) ?? tableWith(15, runs, zeros);
}
