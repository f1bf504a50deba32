/**
 * A second reference, written from docs/numerics.md alone and sharing no code with formats/: values from the
 * bit strings and the formulas retyped, rounding by a linear scan of the sorted values. Everything of up to 8 bits
 * is exact in float64 (values, means of two values, comparisons); positions between values are taken in BigInt.
 */
export interface Naive {
  readonly name: string;
  readonly bits: number;
  readonly kind: 'posit' | 'ieee' | 'fn' | 'fnuz' | 'f' | 'integer' | 'pow2val';
  readonly value: (code: number) => number;
  readonly es: number;
  /** Max's would-be successor. */
  readonly successor: number;
  readonly nan: number | undefined;
}

export const positFromBits = (text: string, es: number): number => {
  if (!text.includes('1')) return 0;
  if (/^10*$/.test(text)) return Number.NaN;
  if (text[0] === '1') {
    const negated = (2n ** BigInt(text.length) - BigInt(`0b${text}`)).toString(2).padStart(text.length, '0');
    return -positFromBits(negated, es);
  }
  const run = /^(0+|1+)/.exec(text.slice(1))![0];
  const k = run[0] === '1' ? run.length - 1 : -run.length;
  const tail = text.slice(1 + run.length + 1);
  const exponent = es === 0 ? 0 : Number.parseInt(tail.slice(0, es).padEnd(es, '0'), 2);
  const fraction = tail.slice(es);
  const hidden = fraction === '' ? 1 : 1 + Number.parseInt(fraction, 2) / 2 ** fraction.length;
  return hidden * 2 ** (k * 2 ** es + exponent);
};

const bitsOfCode = (code: number, bits: number): string => code.toString(2).padStart(bits, '0');
const signed = (code: number, bits: number): number => (code >= 2 ** (bits - 1) ? code - 2 ** bits : code);

export function naivePosit(bits: number, es: number): Naive {
  return {
    name: `posit${bits}es${es}`,
    bits,
    kind: 'posit',
    es,
    value: (code) => positFromBits(bitsOfCode(code, bits), es),
    successor: Number.POSITIVE_INFINITY,
    nan: 2 ** (bits - 1),
  };
}

export function naiveFloat(e: number, m: number, kind: 'ieee' | 'fn' | 'fnuz' | 'f'): Naive | undefined {
  const bits = 1 + e + m;
  const bias = kind === 'fnuz' ? 2 ** (e - 1) : 2 ** (e - 1) - 1;
  const value = (code: number): number => {
    const text = bitsOfCode(code, bits);
    const sign = text[0] === '1' ? -1 : 1;
    const [exponent, fraction] = [text.slice(1, 1 + e), text.slice(1 + e)];
    const E = Number.parseInt(exponent, 2);
    const F = m === 0 ? 0 : Number.parseInt(fraction, 2) / 2 ** m;
    if (kind === 'fnuz' && /^10*$/.test(text)) return Number.NaN;
    if (kind === 'ieee' && !exponent.includes('0'))
      return F === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (kind === 'fn' && !text.slice(1).includes('0')) return Number.NaN;
    return E === 0 ? sign * F * 2 ** (1 - bias) : sign * (1 + F) * 2 ** (E - bias);
  };
  if (kind === 'fn' && m === 0) return undefined;
  const all = Array.from({ length: 2 ** bits }, (_, code) => value(code));
  const max = Math.max(...all.filter(Number.isFinite));
  if (max <= 0) return undefined;
  // Max's own step: one unit of its last fraction place.
  const maxField = Number.parseInt(bitsOfCode(all.indexOf(max), bits).slice(1, 1 + e), 2);
  const step = 2 ** (Math.max(maxField, 1) - bias - m);
  const ones = '1'.repeat(e);
  const nan = {
    ieee: m === 0 ? undefined : Number.parseInt(`0${ones}1${'0'.repeat(m - 1)}`, 2),
    fn: Number.parseInt(`0${ones}${'1'.repeat(m)}`, 2),
    fnuz: 2 ** (bits - 1),
    f: undefined,
  }[kind];
  const suffix = kind === 'ieee' ? '' : kind;
  return { name: `float${bits}e${e}m${m}${suffix}`, bits, kind, es: 0, value, successor: max + step, nan };
}

const saturating = { es: 0, successor: Number.POSITIVE_INFINITY, nan: undefined };

/** Names that ML libraries use for other formats than the grammar's own reading. */
const TAKEN = ['float6e2m3fn', 'float6e3m2fn', 'float4e2m1fn'];

/** Every format of up to 8 bits. */
export function naiveFormats(): Naive[] {
  const formats: Naive[] = [];
  for (let bits = 2; bits <= 8; bits++) {
    for (let es = 0; es <= 4; es++) formats.push(naivePosit(bits, es));
    for (let e = 1; e < bits; e++) {
      for (const kind of ['ieee', 'fn', 'fnuz', 'f'] as const) {
        const float = naiveFloat(e, bits - 1 - e, kind);
        if (float && !TAKEN.includes(float.name)) formats.push(float);
      }
    }
    for (let q = 0; q < bits; q++) {
      const value = (code: number) => signed(code, bits) / 2 ** q;
      formats.push({ ...saturating, name: `fixed${bits}q${q}`, bits, kind: 'integer', value });
    }
    const twos = (code: number) => signed(code, bits);
    formats.push({ ...saturating, name: `affine${bits}`, bits, kind: 'integer', value: (code) => code });
    formats.push({ ...saturating, name: `affine${bits}s`, bits, kind: 'integer', value: twos });
    formats.push({ ...saturating, name: `pow2int${bits}`, bits, kind: 'integer', value: twos });
    const half = 2 ** (bits - 1);
    const power = (code: number) => {
      const c = code % half;
      return (code >= half ? -1 : 1) * (c === 0 ? 0 : 2 ** (c - half + 1));
    };
    formats.push({ ...saturating, name: `pow2val${bits}`, bits, kind: 'pow2val', value: power });
  }
  return formats;
}

interface Level {
  readonly value: number;
  readonly code: number;
}

/** The finite values in ascending order, +0's code for zero; worked out once a format. */
export function naiveLevels(format: Naive): Level[] {
  const levels: Level[] = [];
  for (let code = 0; code < 2 ** format.bits; code++) {
    const value = format.value(code);
    if (Number.isFinite(value) && !Object.is(value, -0)) levels.push({ value, code });
  }
  return levels.sort((a, b) => a.value - b.value);
}

/** Where nearest changes from a to b. */
export function naiveBoundary(format: Naive, a: Level, b: Level): number {
  if (format.kind !== 'posit') return (a.value + b.value) / 2;
  // The bits of the lower code and a 1 below them: the posit one bit wider between the two.
  const between = positFromBits(`${bitsOfCode(a.code, format.bits)}1`, format.es);
  if (!(a.value < between && between < b.value)) throw new Error(`${format.name}: no posit between`);
  return between;
}

/** ⌊2^32 (x − a)/(b − a)⌋ of float64 numbers, exactly. */
export function naivePosition(x: number, a: number, b: number): bigint {
  const whole = (y: number): bigint => {
    // 2^1074 · y is an integer for every finite float64.
    let [scaled, shift] = [y, 0];
    while (!Number.isInteger(scaled)) {
      scaled *= 2;
      shift++;
    }
    return BigInt(scaled) << BigInt(1074 - shift);
  };
  return ((whole(x) - whole(a)) << 32n) / (whole(b) - whole(a));
}

export interface NaiveRounding {
  readonly mode: string;
  readonly policy: string;
  readonly underflow: string;
}

/** The code of a finite x, from the definitions one after the other. */
export function naiveEncode(
  format: Naive,
  levels: Level[],
  x: number,
  { mode, policy, underflow }: NaiveRounding,
  randomWord: number,
): number {
  const signBit = 2 ** (format.bits - 1);
  const hasNegativeZero = ['ieee', 'fn', 'f', 'pow2val'].includes(format.kind);
  const zeroCode = (x < 0 || Object.is(x, -0)) && hasNegativeZero ? signBit : 0;
  if (x === 0) return zeroCode;
  const min = levels[0]!;
  const max = levels.at(-1)!;
  if (format.kind === 'posit') {
    const minpos = levels.find(({ value }) => value > 0)!;
    const magnitude = Math.abs(x);
    if (magnitude < minpos.value) {
      if (underflow === 'half' && magnitude <= minpos.value / 2) return 0;
      if (underflow === 'bitstring' && magnitude < minpos.value / 2 ** (2 ** format.es)) return 0;
      return x > 0 ? minpos.code : 2 ** format.bits - minpos.code;
    }
  }
  let lower: Level;
  let upper: Level;
  if (x > max.value || x < min.value) {
    const edge = x > max.value ? max : min;
    if (policy === 'saturate') return edge.code;
    const infinity = Array.from({ length: 2 ** format.bits }, (_, code) => code).find(
      (code) => format.value(code) === Math.sign(x) * Number.POSITIVE_INFINITY,
    );
    const beyond = policy === 'nan' ? format.nan! : infinity!;
    const inward = mode === 'toward-zero' || (mode === 'up' && x < 0) || (mode === 'down' && x > 0);
    if (inward) return edge.code;
    if (mode === 'up' || mode === 'down' || mode === 'stochastic') return beyond;
    const middle = (max.value + format.successor) / 2;
    if (Math.abs(x) > middle) return beyond;
    if (Math.abs(x) < middle) return edge.code;
    if (mode === 'nearest-away') return beyond;
    return edge.code % 2 === 0 ? edge.code : beyond;
  }
  let index = 0;
  while (index + 1 < levels.length && levels[index + 1]!.value <= x) index++;
  lower = levels[index]!;
  if (lower.value === x) return lower.code;
  upper = levels[index + 1]!;
  const boundary = naiveBoundary(format, lower, upper);
  let chosen: Level;
  if (mode === 'up') chosen = upper;
  else if (mode === 'down') chosen = lower;
  else if (mode === 'toward-zero') chosen = x > 0 ? lower : upper;
  else if (mode === 'stochastic') {
    chosen = naivePosition(x, lower.value, upper.value) + BigInt(randomWord) >= 2n ** 32n ? upper : lower;
  } else if (x !== boundary) chosen = x > boundary ? upper : lower;
  else if (mode === 'nearest-away') chosen = x > 0 ? upper : lower;
  else chosen = lower.code % 2 === 0 ? lower : upper;
  return chosen.value === 0 ? zeroCode : chosen.code;
}
