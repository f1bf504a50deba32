/**
 * One dense layer in plain fractions, from float32 weights and images to codes: docs/numerics.md read a second time.
 * Decoders and encoders are those of the independent program; nothing of the project's arithmetic is used. Nearest
 * even, saturating.
 */
import { knownFormat } from '../../golden-formats.js';

export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

type Real = Fraction | 'nan' | '+inf' | '-inf';

export interface PlainEncoding {
  readonly format: string;
  /** One, or one a channel. */
  readonly scales: readonly number[];
  readonly zeroPoint: number;
  readonly range: 'full' | 'narrow';
}

export interface PlainLayer {
  readonly weights: PlainEncoding;
  readonly activations: PlainEncoding;
  readonly output: PlainEncoding;
  /** Weights [channels][k], one image [k]: float32 numbers. */
  readonly w: readonly number[];
  readonly b: readonly number[];
  readonly x: readonly number[];
  readonly activation: 'identity' | 'relu' | 'relu6';
  readonly bias: 'accumulator' | 'format';
  readonly scaleBits: number;
  /** exact, float32, per-op, wrap<N> or saturate<N> */
  readonly accumulator: string;
}

const reduced = (n: bigint, d: bigint): Fraction => (d < 0n ? { n: -n, d: -d } : { n, d });
const power = (k: number): Fraction =>
  k >= 0 ? { n: 1n << BigInt(k), d: 1n } : { n: 1n, d: 1n << BigInt(-k) };
const times = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.n, d: a.d * b.d });
const over = (a: Fraction, b: Fraction): Fraction => reduced(a.n * b.d, a.d * b.n);
const plus = (a: Fraction, b: Fraction): Fraction => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d });
const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
const size = (a: Fraction): Fraction => ({ n: a.n < 0n ? -a.n : a.n, d: a.d });

/** A float64 as a fraction, by doubling until it is whole. */
export function fractionOf(x: number): Fraction {
  let d = 1n;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    d *= 2n;
  }
  return { n: BigInt(value), d };
}

function nearestInteger(a: Fraction): bigint {
  const floor = a.n >= 0n ? a.n / a.d : -((-a.n + a.d - 1n) / a.d);
  const twice = 2n * (a.n - floor * a.d);
  if (twice < a.d) return floor;
  return twice > a.d || floor % 2n !== 0n ? floor + 1n : floor;
}

/** The exponent of the leading bit, by trial. */
function exponentOf(a: Fraction): number {
  let k = a.n.toString(2).length - a.d.toString(2).length;
  while (less(a, power(k))) k--;
  while (!less(a, power(k + 1))) k++;
  return k;
}

/** To `bits` significand bits, in steps of 2^least at least. */
function rounded(a: Fraction, bits: number, least = Number.NEGATIVE_INFINITY): Fraction {
  if (a.n === 0n) return a;
  const step = Math.max(exponentOf(size(a)) - bits + 1, least);
  return times({ n: nearestInteger(over(a, power(step))), d: 1n }, power(step));
}

function toFloat32(a: Real): Real {
  if (typeof a === 'string') return a;
  const near = rounded(a, 24, -149);
  return less(size(near), power(128)) ? near : near.n > 0n ? '+inf' : '-inf';
}

function sum(a: Real, b: Real): Real {
  if (a === 'nan' || b === 'nan') return 'nan';
  if (typeof a !== 'string') return typeof b === 'string' ? b : plus(a, b);
  return typeof b !== 'string' || a === b ? a : 'nan';
}

const known = new Map<string, ReturnType<typeof makeFormat>>();

/** Values by code, the step they all are multiples of, and the encoder. */
function makeFormat(name: string) {
  const { bits, meaning, encode } = knownFormat(name);
  const values = Array.from({ length: 2 ** bits }, (_, code) => meaning(code).value);
  let lsb = Number.POSITIVE_INFINITY;
  for (const value of values) {
    if (typeof value === 'string' || value.n === 0n) continue;
    let k = exponentOf(size(value));
    while (over(value, power(k)).n % over(value, power(k)).d !== 0n) k--;
    lsb = Math.min(lsb, k);
  }
  const lowest = name.startsWith('affine') && !name.endsWith('s') ? 0 : 2 ** (bits - 1);
  return { bits, values, lsb, lowest, encode };
}

function formatOf(name: string) {
  const found = known.get(name) ?? makeFormat(name);
  known.set(name, found);
  return found;
}

function encoded(real: Fraction, { format, zeroPoint, range }: PlainEncoding): number {
  const { lowest, encode } = formatOf(format);
  const code = encode(real, zeroPoint);
  return range === 'narrow' && code === lowest ? lowest + 1 : code;
}

function decodedOf(code: number, { format, zeroPoint }: PlainEncoding): Fraction {
  const value = formatOf(format).values[code]!;
  if (typeof value === 'string') throw new Error(`${format} made ${value} of a finite value`);
  return plus(value, { n: -BigInt(zeroPoint), d: 1n });
}

export interface PlainOutcome {
  readonly codes: readonly number[];
  readonly multipliers: readonly Fraction[];
  /** In steps of 2^(lsb_w + lsb_x). */
  readonly bias: readonly bigint[];
}

export function plainLayer(layer: PlainLayer): PlainOutcome {
  const { weights, activations, output } = layer;
  const k = layer.x.length;
  const lattice = power(formatOf(weights.format).lsb + formatOf(activations.format).lsb);
  const scaleX = fractionOf(activations.scales[0]!);
  const scaleY = fractionOf(output.scales[0]!);
  const x = layer.x.map((value) =>
    decodedOf(encoded(over(fractionOf(value), scaleX), activations), activations),
  );
  const codes: number[] = [];
  const multipliers: Fraction[] = [];
  const bias: bigint[] = [];
  for (const [channel, given] of layer.b.entries()) {
    const scaleW = fractionOf(weights.scales[weights.scales.length === 1 ? 0 : channel]!);
    const unit = times(scaleW, scaleX);
    let real = fractionOf(given);
    if (layer.bias === 'format') {
      const full = { ...weights, range: 'full' } as const;
      real = times(scaleW, decodedOf(encoded(over(real, scaleW), full), full));
    }
    const steps = nearestInteger(over(over(real, unit), lattice));
    const w = layer.w
      .slice(channel * k, (channel + 1) * k)
      .map((value) => decodedOf(encoded(over(fractionOf(value), scaleW), weights), weights));
    const s = rounded(over(unit, scaleY), layer.scaleBits);
    multipliers.push(s);
    bias.push(steps);
    codes.push(finish(layer, s, accumulated(layer, w, x, steps, lattice)));
  }
  return { codes, multipliers, bias };
}

/** What the accumulator holds at the end, in units of scale_w · scale_x. */
function accumulated(
  { accumulator, output }: PlainLayer,
  w: readonly Fraction[],
  x: readonly Fraction[],
  steps: bigint,
  lattice: Fraction,
): Real {
  const first = times({ n: steps, d: 1n }, lattice);
  const products = w.map((value, p) => times(value, x[p]!));
  if (accumulator === 'exact') return products.reduce(plus, first);
  if (accumulator === 'float32') {
    return products.reduce<Real>((a, b) => toFloat32(sum(a, toFloat32(b))), toFloat32(first));
  }
  if (accumulator === 'per-op') {
    const round = (a: Fraction) => decodedOf(encoded(a, output), output);
    return products.reduce((a, b) => round(plus(a, round(b))), round(first));
  }
  const bits = Number(/\d+/.exec(accumulator)![0]);
  const top = 1n << BigInt(bits - 1);
  const held = (n: bigint): bigint => {
    if (n >= -top && n < top) return n;
    if (accumulator.startsWith('saturate')) return n < 0n ? -top : top - 1n;
    return ((((n + top) % (2n * top)) + 2n * top) % (2n * top)) - top;
  };
  const inSteps = products.map((product) => over(product, lattice)).map(({ n, d }) => n / d);
  const total = inSteps.reduce((a, b) => held(a + b), held(steps));
  return times({ n: total, d: 1n }, lattice);
}

function finish({ activation, output }: PlainLayer, s: Fraction, total: Real): number {
  if (total === 'nan') throw new Error('the sum is NaN');
  const infinite = power(5000);
  let real = total === '+inf' ? infinite : total === '-inf' ? { n: -infinite.n, d: 1n } : times(s, total);
  if (activation !== 'identity' && real.n < 0n) real = { n: 0n, d: 1n };
  const cap = over({ n: 6n, d: 1n }, fractionOf(output.scales[0]!));
  if (activation === 'relu6' && less(cap, real)) real = cap;
  return encoded(real, output);
}
