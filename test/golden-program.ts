/**
 * An independent program that recomputes every layer's codes from golden vectors (docs/golden-vectors.md), and takes
 * windows and activations from the network's own description, not from the plan it checks: slow and plain, BigInt fractions, its own safetensors reader, its own decoders written from the format names'
 * definitions in docs/numerics.md. It imports nothing of the project, on purpose.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describedIn, type WindowFile } from './golden-network.js';

/** n / d, d > 0. */
interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

interface Meaning {
  readonly value: Fraction | 'nan' | 'inf';
}

const frac = (n: bigint, d = 1n): Fraction => ({ n, d });
const power = (k: number): Fraction => (k >= 0 ? frac(1n << BigInt(k)) : frac(1n, 1n << BigInt(-k)));
const times = (a: Fraction, b: Fraction): Fraction => frac(a.n * b.n, a.d * b.d);
const plus = (a: Fraction, b: Fraction): Fraction =>
  a.d === b.d ? frac(a.n + b.n, a.d) : frac(a.n * b.d + b.n * a.d, a.d * b.d);
const less = (a: Fraction, b: Fraction): boolean => a.n * b.d < b.n * a.d;
const same = (a: Fraction, b: Fraction): boolean => a.n * b.d === b.n * a.d;
const magnitude = (a: Fraction): Fraction => frac(a.n < 0n ? -a.n : a.n, a.d);

/** A posit's code to its value (2022 Standard's encoding, any es). */
function positValue(bits: number, es: number, code: number): Fraction | 'nan' {
  if (code === 0) return frac(0n);
  if (code === 2 ** (bits - 1)) return 'nan';
  const negative = code > 2 ** (bits - 1);
  const body = (negative ? 2 ** bits - code : code).toString(2).padStart(bits, '0').slice(1);
  const first = body[0]!;
  let run = 0;
  while (run < body.length && body[run] === first) run++;
  const regime = first === '1' ? run - 1 : -run;
  const rest = body.slice(run + 1);
  const exponentBits = rest.slice(0, es).padEnd(es, '0');
  const exponent = es === 0 ? 0 : Number.parseInt(exponentBits, 2);
  const fraction = rest.slice(es);
  const significand = frac(BigInt(`0b1${fraction}`), 1n << BigInt(fraction.length));
  const value = times(significand, power(regime * 2 ** es + exponent));
  return negative ? frac(-value.n, value.d) : value;
}

/** A format as this program knows it. */
interface Known {
  readonly bits: number;
  meaning(code: number): Meaning;
  /** Code of a real, nearest-even, saturating. */
  encode(real: Fraction, zeroPoint: number): number;
}

/** Nearest in an ascending list of magnitudes; `cut(i)` lies between i and i + 1. */
function nearest(
  x: Fraction,
  list: readonly { readonly code: number; readonly value: Fraction }[],
  cut: (i: number) => Fraction,
): number {
  let i = 0;
  while (i + 1 < list.length) {
    const boundary = cut(i);
    if (less(boundary, x) || (same(boundary, x) && list[i]!.code % 2 === 1)) i++;
    else break;
  }
  return list[i]!.code;
}

function positFormat(bits: number, es: number): Known {
  const list = Array.from({ length: 2 ** (bits - 1) - 1 }, (_, i) => ({
    code: i + 1,
    value: positValue(bits, es, i + 1) as Fraction,
  }));
  return {
    bits,
    meaning: (code) => ({ value: positValue(bits, es, code) }),
    encode(real) {
      if (real.n === 0n) return 0;
      const cut = (i: number): Fraction => positValue(bits + 1, es, 2 * list[i]!.code + 1) as Fraction;
      const code = nearest(magnitude(real), list, cut);
      return real.n < 0n ? 2 ** bits - code : code;
    },
  };
}

function floatFormat(bits: number, e: number, m: number, suffix: string): Known {
  const bias = suffix === 'fnuz' ? 2 ** (e - 1) : 2 ** (e - 1) - 1;
  const top = 2 ** e - 1;
  const meaning = (code: number): Meaning => {
    const sign = code >= 2 ** (bits - 1) ? -1n : 1n;
    const field = Math.floor(code / 2 ** m) % 2 ** e;
    const fraction = code % 2 ** m;
    if (suffix === 'fnuz' && code === 2 ** (bits - 1)) return { value: 'nan' };
    if (suffix === '' && field === top) return { value: fraction === 0 ? 'inf' : 'nan' };
    if (suffix === 'fn' && field === top && fraction === 2 ** m - 1) return { value: 'nan' };
    const significand = sign * BigInt(field === 0 ? fraction : fraction + 2 ** m);
    return { value: times(frac(significand), power(Math.max(field, 1) - bias - m)) };
  };
  const list: { code: number; value: Fraction }[] = [];
  for (let code = 0; code < 2 ** (bits - 1); code++) {
    const { value } = meaning(code);
    if (value !== 'nan' && value !== 'inf') list.push({ code, value });
  }
  return {
    bits,
    meaning,
    encode(real) {
      const cut = (i: number): Fraction => times(plus(list[i]!.value, list[i + 1]!.value), frac(1n, 2n));
      const code = nearest(magnitude(real), list, cut);
      if (real.n >= 0n || (code === 0 && suffix === 'fnuz')) return code;
      return code + 2 ** (bits - 1);
    },
  };
}

function floorOf(x: Fraction): bigint {
  const q = x.n / x.d;
  return x.n < 0n && q * x.d !== x.n ? q - 1n : q;
}

function roundHalfEven(x: Fraction): bigint {
  const below = floorOf(x);
  const rest = plus(x, frac(-below));
  const half = frac(1n, 2n);
  if (less(rest, half) || (same(rest, half) && below % 2n === 0n)) return below;
  return below + 1n;
}

/** Integers low..high times 2^−q, in two's complement where low < 0. */
function integerFormat(bits: number, low: bigint, high: bigint, q: number): Known {
  return {
    bits,
    meaning: (code) => ({
      value: times(
        frac(low < 0n && code >= 2 ** (bits - 1) ? BigInt(code - 2 ** bits) : BigInt(code)),
        power(-q),
      ),
    }),
    encode(real, zeroPoint) {
      const integer = roundHalfEven(times(real, power(q))) + BigInt(zeroPoint);
      const kept = integer < low ? low : integer > high ? high : integer;
      return Number(kept < 0n ? kept + (1n << BigInt(bits)) : kept);
    },
  };
}

function powerFormat(bits: number): Known {
  const list = Array.from({ length: 2 ** (bits - 1) }, (_, c) => ({
    code: c,
    value: c === 0 ? frac(0n) : power(c - 2 ** (bits - 1) + 1),
  }));
  return {
    bits,
    meaning(code) {
      const { value } = list[code % 2 ** (bits - 1)]!;
      return { value: code >= 2 ** (bits - 1) ? frac(-value.n, value.d) : value };
    },
    encode(real) {
      const cut = (i: number): Fraction => times(plus(list[i]!.value, list[i + 1]!.value), frac(1n, 2n));
      return nearest(magnitude(real), list, cut) + (real.n < 0n ? 2 ** (bits - 1) : 0);
    },
  };
}

/** From a name of docs/numerics.md §1. */
export function knownFormat(name: string): Known {
  const posit = /^posit(\d+)es(\d)$/.exec(name);
  if (posit) return positFormat(Number(posit[1]), Number(posit[2]));
  const float = /^float(\d+)e(\d+)m(\d+)(fnuz|fn|f|)$/.exec(name);
  if (float) return floatFormat(Number(float[1]), Number(float[2]), Number(float[3]), float[4]!);
  const fixed = /^fixed(\d+)q(\d+)$/.exec(name);
  const pow2val = /^pow2val(\d+)$/.exec(name);
  if (pow2val) return powerFormat(Number(pow2val[1]));
  const integer = /^(?:pow2int|affine)(\d+)(s?)$/.exec(name);
  const bits = Number((fixed ?? integer)![1]);
  const half = 1n << BigInt(bits - 1);
  if (name.startsWith('affine') && integer![2] === '') return integerFormat(bits, 0n, 2n * half - 1n, 0);
  return integerFormat(bits, -half, half - 1n, fixed ? Number(fixed[2]) : 0);
}

/** Denominators of one encoding are powers of two: the largest is a multiple of all. */
function commonDenominator(values: readonly Fraction[]): bigint {
  let most = 1n;
  for (const { d } of values) if (d > most) most = d;
  return most;
}

interface TensorFile {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** safetensors: 8 bytes of header length, a JSON header, then the bytes. */
export function readTensors(file: string): Map<string, TensorFile> {
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors = new Map<string, TensorFile>();
  for (const [name, { dtype, shape, data_offsets }] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const part = bytes.subarray(8 + length + data_offsets[0], 8 + length + data_offsets[1]);
    const copy = part.buffer.slice(part.byteOffset, part.byteOffset + part.byteLength);
    const data =
      dtype === 'U8'
        ? new Uint8Array(copy)
        : dtype === 'U16'
          ? new Uint16Array(copy)
          : dtype === 'U32'
            ? new Uint32Array(copy)
            : new Float32Array(copy);
    tensors.set(name, { shape, data });
  }
  return tensors;
}

interface EncodingFile {
  readonly format: string;
  readonly mode: string;
  readonly policy: string;
  readonly underflow: string;
  readonly scales: readonly string[];
  readonly zeroPoint: number;
}

interface MacFile {
  readonly kind: 'mac';
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly window: WindowFile;
  readonly groups: number;
  readonly outChannels: number;
  readonly k: number;
  readonly activation: 'identity' | 'relu' | 'relu6';
  readonly cap: string;
  readonly weights: EncodingFile;
  readonly multipliers: readonly string[];
  readonly bias: readonly string[];
  readonly latticeExponent: number;
}

interface PoolFile {
  readonly kind: 'pool';
  readonly name: string;
  readonly pooling: 'max' | 'average';
  readonly input: string;
  readonly output: string;
  readonly window: WindowFile;
  readonly multiplier: string;
}

/** A residual add, or an activation that stands alone. */
interface JoinFile {
  readonly kind: 'add' | 'activation';
  readonly name: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly activation: 'identity' | 'relu' | 'relu6';
  readonly cap: string;
  readonly multipliers: readonly string[];
}

export interface PlanFile {
  readonly images: number;
  readonly choices: { readonly accumulator: string };
  readonly edges: readonly {
    readonly name: string;
    readonly size: number;
    readonly encoding: EncodingFile;
  }[];
  readonly steps: readonly (MacFile | PoolFile | JoinFile)[];
  readonly predictions: readonly number[];
}

/** `3`, `-5/8`, `13*2^-7`: the three ways the files write exact numbers. */
export function exactNumber(text: string): Fraction {
  const scaled = /^(-?\d+)\*2\^(-?\d+)$/.exec(text);
  if (scaled) return times(frac(BigInt(scaled[1]!)), power(Number(scaled[2])));
  const [n, d] = text.split('/');
  return frac(BigInt(n!), d === undefined ? 1n : BigInt(d));
}

/** A float32 as an exact fraction. */
function fractionOf(x: number): Fraction {
  let scale = 0;
  let value = x;
  while (!Number.isInteger(value)) {
    value *= 2;
    scale++;
  }
  return frac(BigInt(value), 1n << BigInt(scale));
}

/** Where the mac and pool windows look, pixel by pixel; undefined for padding. */
function pixelAt(w: WindowFile, y: number, x: number, kh: number, kw: number): number | undefined {
  const row = y * w.strideY - w.padTop + kh * w.dilationY;
  const col = x * w.strideX - w.padLeft + kw * w.dilationX;
  if (row < 0 || col < 0 || row >= w.inHeight || col >= w.inWidth) return undefined;
  return row * w.inWidth + col;
}

export interface Mismatch {
  readonly where: string;
  readonly index: number;
  readonly given: number;
  readonly computed: number;
}

export interface Check {
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
}

/** relu and relu6 before the rounding, in units of the output's scale. */
function activated(real: Fraction, activation: 'relu' | 'relu6' | undefined, scale: Fraction): Fraction {
  if (activation !== undefined && real.n < 0n) return frac(0n);
  const cap = frac(6n * scale.d, scale.n);
  return activation === 'relu6' && less(cap, real) ? cap : real;
}

/**
 * Recomputes every edge's codes from the codes of the edge before it, and the input's from the images. A plan that says
 * otherwise than the description in the folder `model` of a window is a mismatch too.
 */
export function checkVectors(folder: string, model: string): Check {
  const described = describedIn(model);
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as PlanFile;
  const tensors = readTensors(join(folder, 'vectors.safetensors'));
  const encodings = new Map(plan.edges.map(({ name, encoding }) => [name, encoding]));
  const mismatches: Mismatch[] = [];
  let compared = 0;
  const expect = (where: string, index: number, computed: number): void => {
    const given = tensors.get(`edge/${where}`)!.data[index]!;
    compared++;
    if (given !== computed) mismatches.push({ where, index, given, computed });
  };

  const inputEdge = plan.edges[0]!;
  const inputFormat = knownFormat(inputEdge.encoding.format);
  const inputScale = exactNumber(inputEdge.encoding.scales[0]!);
  const images = tensors.get('images')!.data;
  for (let i = 0; i < images.length; i++) {
    const x = fractionOf(images[i]!);
    const code = inputFormat.encode(
      frac(x.n * inputScale.d, x.d * inputScale.n),
      inputEdge.encoding.zeroPoint,
    );
    expect(inputEdge.name, i, code);
  }

  /** value(code) − zeroPoint of every code of an encoding. */
  const offsetValues = (encoding: EncodingFile): Fraction[] => {
    const format = knownFormat(encoding.format);
    return Array.from({ length: 2 ** format.bits }, (_, code) => {
      const { value } = format.meaning(code);
      return typeof value === 'string' ? frac(0n) : plus(value, frac(-BigInt(encoding.zeroPoint)));
    });
  };

  for (const step of plan.steps) {
    const output = encodings.get(step.output)!;
    const activation = described.activations.get(step.output);
    const outputScale = exactNumber(output.scales[0]!);
    if ('inputs' in step) {
      const format = knownFormat(output.format);
      const parts = step.inputs.map((name, i) => ({
        codes: tensors.get(`edge/${name}`)!.data,
        values: offsetValues(encodings.get(name)!),
        s: exactNumber(step.multipliers[i]!),
      }));
      for (let i = 0; i < parts[0]!.codes.length; i++) {
        const real = parts.map(({ codes, values, s }) => times(s, values[codes[i]!]!)).reduce(plus);
        expect(step.output, i, format.encode(activated(real, activation, outputScale), output.zeroPoint));
      }
      continue;
    }
    const input = tensors.get(`edge/${step.input}`)!.data;
    const inputValues = offsetValues(encodings.get(step.input)!);
    const format = knownFormat(output.format);
    const w = described.windows.get(step.name)!;
    for (const [index, field] of (Object.keys(w) as (keyof WindowFile)[]).entries()) {
      const [given, computed] = [step.window[field], w[field]];
      if (given !== computed) mismatches.push({ where: `${field} of ${step.name}`, index, given, computed });
    }
    const inSize = w.inHeight * w.inWidth * w.inChannels;
    const channels = step.kind === 'mac' ? step.outChannels : w.inChannels;
    const outSize = w.outHeight * w.outWidth * channels;
    // all values of one encoding over one denominator, so that sums are of integers
    const denominator = commonDenominator(inputValues);
    const inputIntegers = inputValues.map(({ n, d }) => (n * denominator) / d);
    const weightCodes = step.kind === 'mac' ? tensors.get(`weights/${step.name}`)!.data : [];
    const weightValues = step.kind === 'mac' ? offsetValues(step.weights) : [];
    const weightDenominator = commonDenominator(weightValues);
    const weightIntegers = weightValues.map(({ n, d }) => (n * weightDenominator) / d);

    for (let image = 0; image < plan.images; image++) {
      for (let o = 0; o < outSize; o++) {
        const channel = o % channels;
        const x = Math.floor(o / channels) % w.outWidth;
        const y = Math.floor(o / channels / w.outWidth);
        const at = image * outSize + o;
        if (step.kind === 'mac') {
          const perGroup = w.inChannels / step.groups;
          const group = Math.floor(channel / (step.outChannels / step.groups));
          let sum = 0n;
          for (let kh = 0; kh < w.kernelHeight; kh++) {
            for (let kw = 0; kw < w.kernelWidth; kw++) {
              const pixel = pixelAt(w, y, x, kh, kw);
              if (pixel === undefined) continue;
              for (let c = 0; c < perGroup; c++) {
                const k = (kh * w.kernelWidth + kw) * perGroup + c;
                const code = input[image * inSize + pixel * w.inChannels + group * perGroup + c]!;
                sum += weightIntegers[weightCodes[channel * step.k + k]!]! * inputIntegers[code]!;
              }
            }
          }
          const bias = times(frac(BigInt(step.bias[channel]!)), power(step.latticeExponent));
          const total = plus(frac(sum, denominator * weightDenominator), bias);
          const s = exactNumber(step.multipliers[step.multipliers.length === 1 ? 0 : channel]!);
          expect(
            step.output,
            at,
            format.encode(activated(times(s, total), activation, outputScale), output.zeroPoint),
          );
          continue;
        }
        let best: { code: number; value: Fraction } | undefined;
        let sum = frac(0n);
        let count = 0n;
        for (let kh = 0; kh < w.kernelHeight; kh++) {
          for (let kw = 0; kw < w.kernelWidth; kw++) {
            const pixel = pixelAt(w, y, x, kh, kw);
            if (pixel === undefined) continue;
            const code = input[image * inSize + pixel * w.inChannels + channel]!;
            const value = inputValues[code]!;
            if (best === undefined || less(best.value, value)) best = { code, value };
            sum = plus(sum, value);
            count++;
          }
        }
        if (step.pooling === 'max') expect(step.output, at, best!.code);
        else {
          const real = times(exactNumber(step.multiplier), times(sum, frac(1n, count)));
          expect(step.output, at, format.encode(real, output.zeroPoint));
        }
      }
    }
  }

  const last = plan.edges.find(({ name }) => name === plan.steps.at(-1)!.output)!;
  const logits = tensors.get(`edge/${last.name}`)!.data;
  const logitValues = offsetValues(last.encoding);
  for (let image = 0; image < plan.images; image++) {
    let best = 0;
    for (let c = 1; c < last.size; c++) {
      const value = logitValues[logits[image * last.size + c]!]!;
      if (less(logitValues[logits[image * last.size + best]!]!, value)) best = c;
    }
    compared++;
    const given = plan.predictions[image]!;
    if (given !== best) mismatches.push({ where: 'predictions', index: image, given, computed: best });
  }
  return { compared, mismatches };
}
