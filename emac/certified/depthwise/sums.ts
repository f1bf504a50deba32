/**
 * The sums of a depthwise layer over an image, exact: activations on their lattice are one int16 or two, high · 2^split +
 * low, and products of them with int16 weights are summed in int32, the two apart.
 */
import { exponentOf, powerOfTwo } from '../../../arithmetic/float64.js';
import { FloatColumn, IntegerColumn, RowNorms } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import { type CodeTable, codeTable, type UseFacts } from '../../codes/facts.js';
import { type HeapArray, heapFloat32, heapFloat64, heapInt16, heapInt32 } from '../../codes/heap-array.js';
import type { MacLayer } from '../../layer/layer.js';
import type { LayerNumbers } from '../../layer/numbers.js';
import type { Window } from '../../layer/window.js';
import { RELATIVE } from '../bounds.js';
import { fillFloat32Columns } from '../float32-columns.js';
import type { ApproximateSums, FloatSums, IntegerSums } from '../stage.js';
import { DepthwiseImage, type Int16Codes, placeTaps } from './image.js';
import { type DepthwiseWeights, packDepthwise } from './weights.js';

const LARGEST_INT16 = 32_767;
/** int32 sums must stay below this. */
const SUM_LIMIT = powerOfTwo(31);
/** Integers up to here are float64 numbers, and so are products whose factors' bits are no more together. */
const EXACT_BITS = 53;
/** Of a high and a low int16. */
const MOST_BITS = 30;

/** How activations in use become int16. */
interface Slicing {
  /** Integers are values times 2^exponent. */
  readonly exponent: number;
  /** The largest of them. */
  readonly largest: number;
  /** Bits of the low slice; undefined where one slice holds all. */
  readonly split: number | undefined;
}

export class DepthwiseSums {
  /** Channels whose sums are not held: their outputs are to be had elsewhere. */
  readonly left: number[] = [];
  readonly #weights: DepthwiseWeights;
  readonly #activations: CodeTable;
  readonly #image: DepthwiseImage;
  readonly #taps: HeapArray<Int32Array>;
  readonly #paddedN: number;
  /** Of the low slice; made for the first image that needs it. */
  #lowImage: DepthwiseImage | undefined;
  readonly #whole: Int16Codes;
  /** Of every code the low slice and the high one. */
  readonly #slices: Int16Codes;
  readonly #start: HeapArray<Int32Array>;
  readonly #zeros: HeapArray<Int32Array>;
  readonly #lowSums: HeapArray<Int32Array>;
  readonly #integers: IntegerSums;
  readonly #floats: FloatSums & { relative: number };

  constructor(
    private readonly kernels: Kernels,
    private readonly layer: MacLayer,
    private readonly numbers: LayerNumbers,
    private readonly window: Window,
    private readonly zero: number,
  ) {
    const { outChannels: n, activations } = layer;
    const pixels = window.outHeight * window.outWidth;
    const stride = Math.ceil(n / 8) * 8;
    this.#paddedN = stride;
    this.#weights = packDepthwise(kernels, layer, numbers);
    this.#activations = codeTable(activations);
    this.#image = new DepthwiseImage(kernels, window, zero);
    this.#taps = placeTaps(kernels, window);
    this.#whole = heapInt16(kernels, 256);
    this.#slices = heapInt16(kernels, 2 * 256);
    this.#start = heapInt32(kernels, stride);
    this.#zeros = heapInt32(kernels, stride);
    this.#lowSums = heapInt32(kernels, pixels * stride);
    this.#integers = {
      type: 'int32',
      isExact: false,
      sums: heapInt32(kernels, pixels * stride),
      stride,
      // nothing is left out of an operand: norms and residuals stay 0
      rows: heapFloat64(kernels, pixels * RowNorms.LENGTH),
      columns: heapFloat64(kernels, n * IntegerColumn.LENGTH),
      float32Columns: heapFloat32(kernels, stride * 4),
      factors: heapFloat64(kernels, n),
      relative: RELATIVE,
    };
    this.#floats = {
      type: 'float64',
      sums: heapFloat64(kernels, pixels * stride),
      stride,
      areDots: false,
      rows: heapFloat64(kernels, pixels),
      columns: heapFloat64(kernels, n * FloatColumn.LENGTH),
      relative: 0,
    };
  }

  /** Sums of the image at `codes`; undefined where no channel is held, as with NaN or Inf among the codes in use. */
  run(codes: number, facts: UseFacts): ApproximateSums | undefined {
    const slicing = this.#prepare(facts);
    if (!slicing) return undefined;
    if (slicing.split === undefined) {
      this.#image.decode(codes, this.#whole);
      this.#convolve(this.#image, this.#start.pointer, this.#integers.sums.pointer);
      return this.#integers;
    }
    const high = this.#integers.sums.pointer;
    const low = this.#lowSums.pointer;
    const { sums, stride } = this.#floats;
    this.#lowImage ??= new DepthwiseImage(this.kernels, this.window, this.zero);
    this.#image.decodeBoth(this.#lowImage, codes, this.#slices);
    this.#convolve(this.#image, this.#zeros.pointer, high);
    this.#convolve(this.#lowImage, this.#zeros.pointer, low);
    const count = this.window.outHeight * this.window.outWidth * stride;
    this.kernels.call.joinSums(count, high, low, powerOfTwo(slicing.split), sums.pointer);
    return this.#floats;
  }

  /** The exact value of an output's sum, in units in which its multiplier is `factor`. */
  exactOf(sums: ApproximateSums, row: number, channel: number): { factor: number; sum: number } {
    const at = row * sums.stride + channel;
    if (sums.type === 'int32') return { factor: sums.factors.values[channel]!, sum: sums.sums.values[at]! };
    const column = channel * FloatColumn.LENGTH;
    const factor = sums.columns.values[column + FloatColumn.FACTOR]!;
    return { factor, sum: sums.sums.values[at]! + sums.columns.values[column + FloatColumn.BIAS]! };
  }

  #convolve(image: DepthwiseImage, start: number, sums: number): void {
    const { window: w } = this;
    const { pairs, panels } = this.#weights;
    // biome-ignore format: image, windows, weights, sums
    this.kernels.call.depthwiseInt16(
      image.pointer, image.lineBytes, image.pixelBytes, w.strideY, w.strideX, w.outHeight, w.outWidth,
      this.#paddedN, pairs, this.#taps.pointer, panels, start, sums,
    );
  }

  #preparedFor: UseFacts | undefined;
  #slicing: Slicing | undefined;

  /** Tables and columns for the codes in use; undefined where they are not held. */
  #prepare(facts: UseFacts): Slicing | undefined {
    const last = this.#preparedFor;
    this.#preparedFor = facts;
    if (last?.lsb === facts.lsb && last?.largest === facts.largest && last?.hasSpecials === facts.hasSpecials)
      return this.#slicing;
    this.#slicing = slicingOf(facts, this.layer.activations.format.facts.lsbExponent);
    if (!this.#slicing) return undefined;
    this.#fillTables(this.#slicing);
    this.left.length = 0;
    if (this.#slicing.split === undefined) this.#fillIntegers(this.#slicing);
    else this.#fillFloats(this.#slicing, this.#slicing.split);
    if (this.left.length === this.layer.outChannels) this.#slicing = undefined;
    return this.#slicing;
  }

  /** Entries of codes that do not occur may be anything. */
  #fillTables({ exponent, split }: Slicing): void {
    const { values } = this.#activations;
    for (let code = 0; code < values.length; code++) {
      const integer = values[code]! * powerOfTwo(exponent);
      if (split === undefined) {
        this.#whole.values[code] = integer;
        continue;
      }
      const high = Math.trunc(integer * powerOfTwo(-split));
      this.#slices.values[2 * code] = integer - high * powerOfTwo(split);
      this.#slices.values[2 * code + 1] = high;
    }
  }

  #fillIntegers({ exponent, largest }: Slicing): void {
    const { layer, numbers } = this;
    const { columns, factors, float32Columns } = this.#integers;
    let mostBits = 0;
    for (let channel = 0; channel < layer.outChannels; channel++) {
      const unit = this.#weights.exponents[channel]! + exponent;
      const bias = numbers.bias[channel]! * powerOfTwo(unit);
      const magnitude = this.#weights.magnitudes[channel];
      const most = magnitude === undefined ? Number.POSITIVE_INFINITY : magnitude * largest + Math.abs(bias);
      if (!(most < SUM_LIMIT) || !Number.isInteger(bias)) {
        this.left.push(channel);
        this.#start.values[channel] = 0;
      } else {
        this.#start.values[channel] = bias;
        mostBits = Math.max(mostBits, bitsOf(most));
      }
      const s = numbers.multipliers[channel]! * powerOfTwo(-unit);
      factors.values[channel] = s;
      columns.values[channel * IntegerColumn.LENGTH + IntegerColumn.FACTOR] = s;
    }
    fillFloat32Columns(columns.values, layer.outChannels, float32Columns.values);
    this.#integers.isExact = mostBits + layer.choices.scaleBits <= EXACT_BITS;
  }

  #fillFloats({ exponent, largest }: Slicing, split: number): void {
    const { layer, numbers } = this;
    const { columns } = this.#floats;
    const slice = Math.max(powerOfTwo(split), largest * powerOfTwo(-split));
    let mostBits = 0;
    for (let channel = 0; channel < layer.outChannels; channel++) {
      const unit = this.#weights.exponents[channel]! + exponent;
      const bias = numbers.bias[channel]! * powerOfTwo(unit);
      const magnitude = this.#weights.magnitudes[channel];
      // in units of the lattice, on which the bias lies, or of the sums where these are finer
      const finer = powerOfTwo(Math.max(0, -unit - layer.latticeExponent));
      const most = (magnitude ?? 0) * largest * finer + Math.abs(bias) * finer;
      const fits = magnitude !== undefined && magnitude * slice < SUM_LIMIT && most < powerOfTwo(EXACT_BITS);
      if (fits) mostBits = Math.max(mostBits, bitsOf(most));
      else this.left.push(channel);
      const at = channel * FloatColumn.LENGTH;
      columns.values[at + FloatColumn.FACTOR] = numbers.multipliers[channel]! * powerOfTwo(-unit);
      columns.values[at + FloatColumn.BIAS] = fits ? bias : 0;
    }
    this.#floats.relative = mostBits + layer.choices.scaleBits <= EXACT_BITS ? 0 : RELATIVE;
  }
}

/**
 * One slice on the lattice of the format, on which biases lie, else two on that of the codes in use; undefined beyond 30
 * bits.
 */
function slicingOf({ largest, lsb = 0, hasSpecials }: UseFacts, lattice: number): Slicing | undefined {
  if (hasSpecials) return undefined;
  const whole = largest * powerOfTwo(-lattice);
  if (whole <= LARGEST_INT16) return { exponent: -lattice, largest: whole, split: undefined };
  const inUse = largest * powerOfTwo(-lsb);
  const bits = bitsOf(inUse);
  if (bits > MOST_BITS) return undefined;
  return { exponent: -lsb, largest: inUse, split: Math.ceil(bits / 2) };
}

/** Of an integer, or of a bound of integers. */
function bitsOf(most: number): number {
  return most < 1 ? 0 : exponentOf(most) + 1;
}
