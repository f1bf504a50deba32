/** A layer under an accumulator that is not exact: block by block in the kernels where operands fit them. */
import { powerOfTwo, toRational } from '../../arithmetic/float64.js';
import { dyadic, multiply } from '../../arithmetic/rational.js';
import { FloatColumn } from '../../kernels/layouts.js';
import type { Kernels } from '../../kernels/loader.js';
import { isRegular, underflowBound } from '../certified/bounds.js';
import { CertifiedMac } from '../certified/mac.js';
import { RoundStage } from '../certified/round/certify.js';
import { OutputRounder } from '../certified/round/output.js';
import { codeOfProduct } from '../certified/round/product.js';
import type { FloatSums } from '../certified/stage.js';
import type { Mac, MacBlock } from '../codes/block.js';
import { heapFloat64 } from '../codes/heap-array.js';
import { RowCodes } from '../codes/rows.js';
import { HeapCodes } from '../codes/width.js';
import { OperandReader } from '../layer/lattice.js';
import type { MacLayer } from '../layer/layer.js';
import { type LayerNumbers, layerNumbers } from '../layer/numbers.js';
import { activate, type Extended, encodeExact } from '../layer/reference.js';
import type { VectorSums } from './block-sums.js';
import { accumulate, checkAccumulator, type Readers } from './reference.js';
import { vectorSums } from './vector-sums.js';
import { neverOverflows } from './wide-enough.js';

/** Covers the roundings of a sum to float64, of s · c and of y ± e: three of 2^-53. */
const RELATIVE = powerOfTwo(-51);

type Path =
  /** The accumulator is wide enough for every sum: it is the exact one. */
  | { readonly kind: 'exact'; readonly mac: CertifiedMac }
  | {
      readonly kind: 'vector';
      readonly sums: VectorSums;
      readonly bounds: FloatSums;
      readonly round: RoundStage;
    }
  | { readonly kind: 'general' };

export class AccumulatorMac implements Mac {
  readonly reads = 'rows';
  readonly counts = undefined;
  readonly #readers: Readers;
  readonly #rounder: OutputRounder;
  readonly #numbers: LayerNumbers;
  readonly #inputs: RowCodes;
  readonly #outputs: HeapCodes;
  readonly #path: Path;
  #overflows = 0;

  constructor(
    kernels: Kernels,
    readonly layer: MacLayer,
    maxRows: number,
  ) {
    checkAccumulator(layer);
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#numbers = layerNumbers(layer);
    this.#inputs = new RowCodes(kernels, layer);
    this.#outputs = new HeapCodes(kernels, layer.output.format.bits);
    this.#path = this.#choosePath(kernels, maxRows);
  }

  get overflows(): number {
    return this.#overflows;
  }

  run(block: MacBlock): void {
    const path = this.#path;
    switch (path.kind) {
      case 'exact':
        path.mac.run(block);
        return;
      case 'vector':
        this.#runVector(path.sums, path.bounds, path.round, block);
        return;
      case 'general':
        for (let row = 0; row < block.rows; row++) this.#generalRow(block, row);
        return;
      default:
        path satisfies never;
    }
  }

  #choosePath(kernels: Kernels, maxRows: number): Path {
    const { layer } = this;
    if (neverOverflows(layer, this.#readers)) {
      const choices = { ...layer.choices, accumulator: { kind: 'exact' } as const };
      return { kind: 'exact', mac: new CertifiedMac(kernels, { ...layer, choices }, maxRows) };
    }
    const sums = vectorSums(kernels, layer, this.#readers, maxRows);
    if (!sums) return { kind: 'general' };
    const columns = heapFloat64(kernels, layer.outChannels * FloatColumn.LENGTH);
    this.#numbers.multipliers.forEach((s, channel) => {
      const least = underflowBound(s, layer.latticeExponent);
      columns.values.set([s * this.#unit(sums), 0, 0, least], channel * FloatColumn.LENGTH);
    });
    return {
      kind: 'vector',
      sums,
      round: new RoundStage(kernels, layer, this.#rounder, maxRows),
      bounds: {
        type: 'float64',
        areDots: false,
        sums: sums.sums,
        stride: sums.stride,
        columns,
        relative: RELATIVE,
        rows: heapFloat64(kernels, maxRows),
      },
    };
  }

  #unit(sums: VectorSums): number {
    return sums.unit === 'lattice' ? this.#numbers.latticeUnit : 1;
  }

  #runVector(sums: VectorSums, bounds: FloatSums, round: RoundStage, block: MacBlock): void {
    const n = this.layer.outChannels;
    const outside = sums.rows.lay(block.codes, block.rows);
    sums.run(block.rows);
    round.run(block, bounds);
    const undecided = round.undecided.values;
    for (let i = 0; i < round.undecidedCount; i++) {
      const row = Math.floor(undecided[i]! / n);
      const channel = undecided[i]! % n;
      if (!this.#isOutside(sums, outside, row, channel)) {
        this.#put(block, row, channel, this.#decide(sums, block, row, channel));
      }
    }
    for (let row = 0, next = 0; row < block.rows; row++) {
      if (next < outside && sums.rows.outside[next] === row) {
        this.#generalRow(block, row);
        next++;
      } else {
        if (sums.overflows) this.#overflows += sums.overflows[row]!;
        for (const channel of sums.outsideChannels) this.#general(block, row, channel);
      }
    }
  }

  /** Whether the general path will decide this output. */
  #isOutside(sums: VectorSums, outside: number, row: number, channel: number): boolean {
    if (sums.outsideChannels.includes(channel)) return true;
    for (let i = 0; i < outside; i++) if (sums.rows.outside[i] === row) return true;
    return false;
  }

  #put(block: MacBlock, row: number, channel: number, code: number): void {
    const { codes, bytes } = this.#outputs;
    codes[block.out / bytes + row * this.layer.outChannels + channel] = code;
  }

  /** The code of a sum that the float64 bound leaves undecided. */
  #decide(sums: VectorSums, block: MacBlock, row: number, channel: number): number {
    const { latticeExponent } = this.layer;
    const randomWord = block.randomWordAt?.(row, channel);
    const at = row * sums.stride + channel;
    if (sums.latticeUnits)
      return this.#encode(dyadic(sums.latticeUnits[at]!, latticeExponent), channel, randomWord);
    const value = sums.sums.values[at]! * this.#unit(sums);
    if (Number.isNaN(value)) return this.#encode('nan', channel, randomWord);
    if (!Number.isFinite(value))
      return this.#encode(value > 0 ? '+infinity' : '-infinity', channel, randomWord);
    const s = this.#numbers.multipliers[channel]!;
    const short = this.#rounder.hasFixedThresholds && isRegular(s, value, latticeExponent);
    return short
      ? codeOfProduct(this.#rounder, s, value)
      : this.#encode(toRational(value), channel, randomWord);
  }

  #encode(value: Extended, channel: number, randomWord: number | undefined): number {
    const { layer } = this;
    const scaled = typeof value === 'string' ? value : multiply(layer.multipliers[channel]!, value);
    return encodeExact(activate(scaled, layer.activation, layer.cap), layer.output, randomWord);
  }

  #generalRow(block: MacBlock, row: number): void {
    for (let channel = 0; channel < this.layer.outChannels; channel++) this.#general(block, row, channel);
  }

  #general(block: MacBlock, row: number, channel: number): void {
    const { codes } = this.#inputs;
    const start = this.#inputs.start(block, row);
    const { value, overflows } = accumulate(this.layer, this.#readers, codes, start, channel);
    this.#overflows += overflows;
    this.#put(block, row, channel, this.#encode(value, channel, block.randomWordAt?.(row, channel)));
  }
}
