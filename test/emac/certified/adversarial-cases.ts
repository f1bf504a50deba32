/** Tensors that the certified GEMM might get wrong, for any format; all in that one format. */
import { getFormat, listFormats } from '../../../formats/registry.js';
import type { Crafted } from './harness.js';

/** Every posit, float and integer family up to 8 bits, and every preset of 16 and 32. */
export const ADVERSARIAL_FORMATS: readonly string[] = [
  ...[3, 4, 5, 6, 7, 8].flatMap((n) => [0, 1, 2, 3, 4].map((es) => `posit${n}es${es}`)),
  ...[4, 5, 6, 7, 8].flatMap((n) => range(n - 1).map((e) => `float${n}e${e + 1}m${n - 2 - e}`)),
  'float8e4m3fn',
  'float8e4m3fnuz',
  'float8e5m2fnuz',
  'float6e3m2f',
  'float6e2m3f',
  'float4e2m1f',
  ...[4, 5, 6, 7, 8].flatMap((n) => range(n).map((q) => `fixed${n}q${q}`)),
  ...[4, 5, 6, 7, 8].flatMap((n) => [`affine${n}`, `affine${n}s`, `pow2int${n}`, `pow2val${n}`]),
  ...listFormats()
    .filter(({ bits }) => bits === 16 || bits === 32)
    .map(({ name }) => name),
];

export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

/** k odd, at least 3. */
export function adversarialCase(name: string, k: number): Crafted {
  const format = getFormat(name);
  const { max, min, minPositive: tiny } = format.facts;
  // the format's 1, or the power of two below it
  let one = 1;
  while (format.toNumber(format.encode(one)) !== one) one /= 2;
  const least = min < 0 ? -max : 0;
  const { levels } = format;
  const value = (level: number) => format.toNumber(levels.code(level));
  const finite = range(Math.min(levels.count, 4096)).filter((level) => Number.isFinite(value(level)));
  const ties = range(12).map((i) => finite[Math.floor((i * (finite.length - 2)) / 11)]!);
  const zero = () => 0;
  const operands = [
    () => max,
    () => tiny,
    // cancels against rows of one sign but for one product
    (p: number) => (p === 0 ? tiny : p % 2 ? max : least),
    (p: number) => (p === 0 ? one : p % 2 ? least : max),
  ];
  const channels = [
    ...operands.flatMap((w) => [1, 1 / (k * max), 1 / max].map((s) => ({ w, b: 0n, s }))),
    ...operands.flatMap((w) => [1n, -1n].map((b) => ({ w, b, s: 1 }))),
    // with the row of ones in front, a + b halved: exact ties
    ...ties.map((level) => ({
      w: (p: number) => (p === 0 ? value(level) : p === 1 ? value(level + 1) : 0),
      b: 0n,
      s: 0.5 / one,
    })),
    { w: zero, b: 0n, s: 1 },
  ];
  const rows = [...operands, zero, (p: number) => (p < 2 ? one : 0)];
  // output channels and rows that hold what no sum absorbs
  const { nan, infinity } = format;
  const specials =
    nan === undefined ? [] : [nan, ...(infinity ? [infinity.positive, infinity.negative] : [])];
  for (const special of specials.map((code) => format.toNumber(code))) {
    channels.push({ w: (p) => (p === 1 ? special : one), b: 0n, s: 1 });
    rows.push((p) => (p === 2 ? special : tiny));
  }
  return { weights: name, output: name, k, channels, rows, scaleBits: 53 };
}
