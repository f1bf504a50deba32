/** By how much the estimated cost of a hardware unit may be off, drawn again and again. */
import { cos, log } from '../../arithmetic/elementary.js';
import { PURPOSES, philox } from '../../arithmetic/philox.js';

/** FNV-1a, 64 bits (Fowler, Noll and Vo, 1991): offset basis and prime. */
const BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/** The hash of the UTF-8 bytes of a text: what is drawn for a structure depends on its name and on nothing else. */
export function fnv1a(text: string): bigint {
  let hash = BASIS;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash;
}

/**
 * Standard normal draws, `draws` of them, for a unit structure of this name: the same for the same name and number of the
 * draw, whatever else is drawn. By Box and Muller (Annals of Mathematical Statistics 29, 1958): √(−2 log u)·cos(2πv) with
 * u in 2^-32 .. 1 and v in 0 .. 1 − 2^-32 from two random words, so no draw is beyond ±6.661.
 */
export function normalDraws(structure: string, draws: number): Float64Array {
  const hash = fnv1a(structure);
  const high = Number(hash >> 32n);
  const low = Number(BigInt.asUintN(32, hash));
  const words = new Uint32Array(4);
  return Float64Array.from({ length: draws }, (_, draw) => {
    philox([0, PURPOSES.costs], [high, low, draw, 0], words);
    const u = (words[0]! + 1) / 0x100000000;
    const v = words[1]! / 0x100000000;
    return Math.sqrt(-2 * log(u)) * cos(2 * Math.PI * v);
  });
}
