// Rounding of the float64 dot products of single outputs (repair.ts), by the thresholds of round-bytes.ts or computed.
import { DotColumn, DotPair } from '../layouts';
import { UNDECIDED } from './codec';
import { certainCode, storeCode } from './encode';
import { levelAt } from './round-bytes';

// An output's index is row · n + channel, its dot product and norm of x a pair of float64. columns: (factor, bias,
// weightNorm, spread) float64 [n][4]; y = factor · (dot + bias) and
// |y − exact| ≤ spread · (weightNorm · norm + |bias|) + relative · |y| + least.
let y: f64 = 0;
let e: f64 = 0;

@inline function read(pair: usize, column: usize, relative: f64, least: f64): void {
  const bias = load<f64>(column, DotColumn.BIAS << 3);
  y = load<f64>(column, DotColumn.FACTOR << 3) * (load<f64>(pair, DotPair.SUM << 3) + bias);
  e = load<f64>(column, DotColumn.SPREAD << 3) * (load<f64>(column, DotColumn.WEIGHT_NORM << 3) * load<f64>(pair, DotPair.NORM << 3) + abs(bias)) + relative * abs(y) + least;
}

/**
 * Of `count` outputs listed in `indices` the codes u8 to `out` by index. Places in the list of those left undecided, whose
 * codes are of no use, go to `left`; returns how many.
 */
export function roundDotsBytes(
  count: i32, indices: usize, n: i32, pairs: usize, columns: usize, relative: f64, least: f64,
  thresholds: usize, buckets: usize, lowest: i32, size: i32, codes: usize, out: usize, left: usize,
): i32 {
  let undecided = 0;
  for (let i = 0; i < count; i++) {
    const at = load<i32>(indices + (<usize>i << 2));
    read(pairs + (<usize>i << 4), columns + (<usize>(at % n) << 5), relative, least);
    const level = levelAt(y, thresholds, buckets, lowest, size);
    const inside = <i32>(y - e >= load<f64>(thresholds + (level << 3))) & <i32>(y + e < load<f64>(thresholds + (level << 3), 8));
    store<u8>(out + <usize>at, load<u8>(codes + level));
    store<i32>(left + (<usize>undecided << 2), i);
    undecided += 1 - inside;
  }
  return undecided;
}

/** The same by computed codes of `bytes` 1, 2 or 4, without random words. */
export function roundDotsComputed(
  count: i32, indices: usize, n: i32, pairs: usize, columns: usize, relative: f64, least: f64,
  codec: usize, bytes: i32, out: usize, left: usize,
): i32 {
  let undecided = 0;
  for (let i = 0; i < count; i++) {
    const at = load<i32>(indices + (<usize>i << 2));
    read(pairs + (<usize>i << 4), columns + (<usize>(at % n) << 5), relative, least);
    const code = certainCode(y, e, 0, codec);
    storeCode(out, <usize>at, bytes, code);
    store<i32>(left + (<usize>undecided << 2), i);
    undecided += <i32>(code == UNDECIDED);
  }
  return undecided;
}
