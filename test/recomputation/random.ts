/** Random words as Salmon, Moraes, Dror and Shaw published them ("Parallel random numbers: as easy as 1, 2, 3", SC 2011). */

type Four = readonly [number, number, number, number];

/** High and low 32 bits of a product of two 32-bit words, by halves of 16 bits: every part is below 2^53. */
function wideProduct(a: number, b: number): readonly [high: number, low: number] {
  const lower = a * (b % 65536);
  const upper = a * Math.floor(b / 65536) + Math.floor(lower / 65536);
  return [Math.floor(upper / 65536), (upper % 65536) * 65536 + (lower % 65536)];
}

const xor = (a: number, b: number, c: number): number => (a ^ b ^ c) >>> 0;

/** Philox4x32 with ten rounds. */
export function philox4x32(key: readonly [number, number], counter: Four): Four {
  let [x0, x1, x2, x3] = counter;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = wideProduct(0xd2511f53, x0);
    const [high1, low1] = wideProduct(0xcd9e8d57, x2);
    const key0 = (key[0] + round * 0x9e3779b9) % 2 ** 32;
    const key1 = (key[1] + round * 0xbb67ae85) % 2 ** 32;
    [x0, x1, x2, x3] = [xor(high1, x1, key0), low1, xor(high0, x3, key1), low0];
  }
  return [x0, x1, x2, x3];
}

/** The numbers of one draw of seeds and images: docs/statistics.md, "Words". */
export function* drawnWords(draw: number): Generator<number, never> {
  for (let block = 0; ; block++) yield* philox4x32([0, 8], [draw, 0, block, 0]);
}

/** The next number below `bound`. */
export function below(words: Generator<number, never>, bound: number): number {
  for (;;) {
    const word = words.next().value;
    if (word < 2 ** 32 - (2 ** 32 % bound)) return word % bound;
  }
}

/** 64-bit FNV-1a of the UTF-8 bytes. */
export function hash64(text: string): bigint {
  let hash = 14695981039346656037n;
  for (const byte of Buffer.from(text, 'utf8')) hash = ((hash ^ BigInt(byte)) * 1099511628211n) % 2n ** 64n;
  return hash;
}

/** The standard normal of a unit structure in a draw: docs/statistics.md, "The front". */
export function normalOf(unit: string, draw: number): number {
  const hash = hash64(unit);
  const counter = [Number(hash >> 32n), Number(hash % 2n ** 32n), draw, 0] as const;
  const [first, second] = philox4x32([0, 9], counter);
  return Math.sqrt(-2 * Math.log((first + 1) / 2 ** 32)) * Math.cos((2 * Math.PI * second) / 2 ** 32);
}
