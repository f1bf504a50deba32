/** A layer under an accumulator that is not exact: block by block in the kernels where operands fit them. */
import { powerOfTwo } from '../arithmetic/float64.js';
import { multiply } from '../arithmetic/rational.js';
import type { Kernels } from '../kernels/loader.js';
import { accumulate, checkAccumulator, type Readers } from './accumulators.js';
import type { MacBlock } from './certified/block.js';
import { codeView, outputView } from './certified/code-width.js';
import { codeOfProduct, isRegular } from './certified/float64-bound.js';
import { type HeapLadder, OutputRounder, placeLadder } from './certified/rounder.js';
import { OperandReader } from './lattice.js';
import { type Codes, type MacLayer, multiplierNumber } from './layer.js';
import { PerOpSums } from './per-op-mac.js';
import { activate, type Extended, encodeExact } from './reference.js';
import { type VectorSums, vectorSums } from './vector-sums.js';

/** Covers the rounding of s · c and of y ± e: the sums themselves carry no error. */
const RELATIVE = powerOfTwo(-51);

type Path =
  | { readonly kind: 'per-op'; readonly sums: PerOpSums; readonly outputs: readonly Codes[] }
  | {
      readonly kind: 'vector';
      readonly sums: VectorSums;
      readonly ladder: HeapLadder;
      readonly heap: VectorHeap;
    }
  | { readonly kind: 'general' };

interface VectorHeap {
  readonly columns: number;
  readonly norms: number;
  readonly open: number;
}

export class PolicyMac {
  /** Adds that left the N bits of wrap or saturate, since the layer was made. */
  overflows = 0;
  readonly #readers: Readers;
  readonly #rounder: OutputRounder;
  readonly #path: Path;
  readonly #specialWeights: boolean;

  constructor(
    private readonly kernels: Kernels,
    readonly layer: MacLayer,
    maxRows: number,
  ) {
    checkAccumulator(layer);
    this.#readers = {
      weights: new OperandReader(layer.weights),
      activations: new OperandReader(layer.activations),
    };
    this.#rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#path = this.#choosePath(maxRows);
    this.#specialWeights = layer.weightCodes.some(
      (code) => !Number.isFinite(layer.weights.format.toNumber(code)),
    );
  }

  run(block: MacBlock): void {
    const { kernels, layer } = this;
    const inputs = codeView(kernels, layer.activations.format.bits, block.codes, block.rows * layer.k);
    const outputs = outputView(kernels, block, layer);
    const path = this.#hasSpecials(block) ? ({ kind: 'general' } as const) : this.#path;
    switch (path.kind) {
      case 'per-op':
        this.#runPerOp(path, block, outputs);
        return;
      case 'vector':
        this.#runVector(path, block, outputs);
        return;
      case 'general':
        for (let row = 0; row < block.rows; row++) {
          for (let channel = 0; channel < layer.outChannels; channel++) {
            const draw = block.draw?.(row, channel);
            outputs[row * layer.outChannels + channel] = this.#general(inputs, row * layer.k, channel, draw);
          }
        }
        return;
      default:
        path satisfies never;
    }
  }

  #choosePath(maxRows: number): Path {
    const { kernels, layer } = this;
    const { ladder } = this.#rounder;
    if (
      !ladder ||
      layer.multipliers.some(
        (_, channel) => !isRegular(multiplierNumber(layer, channel), layer.latticeExponent),
      )
    ) {
      return { kind: 'general' };
    }
    if (layer.choices.accumulator.kind === 'per-op' && layer.activations.format.bits <= 8) {
      return { kind: 'per-op', sums: new PerOpSums(kernels, layer, maxRows), outputs: this.#outputTables() };
    }
    const sums = vectorSums(kernels, layer, this.#readers, maxRows);
    if (!sums) return { kind: 'general' };
    const { outChannels } = layer;
    const heap = {
      columns: kernels.allocate(outChannels * 32),
      norms: kernels.allocate(maxRows * 8),
      open: kernels.allocate((maxRows * outChannels + 1) * 4),
    };
    const columns = kernels.f64(heap.columns, outChannels * 4);
    for (let channel = 0; channel < outChannels; channel++) {
      columns[channel * 4] = multiplierNumber(layer, channel) * sums.unit;
    }
    return { kind: 'vector', sums, ladder: placeLadder(kernels, ladder, layer.output.format.bits), heap };
  }

  /** Of every channel, the output code of each accumulator code. */
  #outputTables(): Codes[] {
    const { layer } = this;
    const { format } = layer.activations;
    return layer.multipliers.map((multiplier, channel) => {
      const s = multiplierNumber(layer, channel);
      return Uint16Array.from({ length: 2 ** format.bits }, (_, code) => {
        const value = format.toNumber(code);
        // an exact zero is +0 whatever sign the accumulator carries
        if (value === 0) return this.#rounder.code(0);
        if (Number.isFinite(value)) return codeOfProduct(this.#rounder, s, value);
        return Number.isNaN(value) && layer.output.format.nan !== undefined
          ? this.#encode('nan', multiplier)
          : 0;
      });
    });
  }

  #encode(value: Extended, multiplier: MacLayer['multipliers'][number], draw?: number): number {
    const { layer } = this;
    const scaled = typeof value === 'string' ? value : multiply(multiplier, value);
    return encodeExact(activate(scaled, layer.activation, layer.cap), layer.output, draw);
  }

  /** NaN, NaR and Inf operands give extended-real results, which the kernels do not. */
  #hasSpecials(block: MacBlock): boolean {
    if (this.#specialWeights) return true;
    return this.layer.activations.format.facts.reserved > 0 && block.facts?.specials !== 'none';
  }

  #runPerOp(path: Path & { readonly kind: 'per-op' }, block: MacBlock, outputs: Codes): void {
    const { outChannels } = this.layer;
    path.sums.run(block);
    const { stride } = path.sums;
    const codes = this.kernels.u8(path.sums.sums, block.rows * stride);
    for (let row = 0; row < block.rows; row++) {
      for (let channel = 0; channel < outChannels; channel++) {
        outputs[row * outChannels + channel] = path.outputs[channel]![codes[row * stride + channel]!]!;
      }
    }
  }

  #runVector(path: Path & { readonly kind: 'vector' }, block: MacBlock, outputs: Codes): void {
    const { kernels, layer } = this;
    const n = layer.outChannels;
    this.overflows += path.sums.run(block);
    const { stride } = path.sums;
    const { cuts, buckets, codes, wide } = path.ladder;
    const open = kernels.call.roundCertifiedFloat64!(
      ...([block.rows, n, stride, path.sums.sums, path.heap.norms, path.heap.columns, RELATIVE] as const),
      ...([cuts, buckets, codes, wide, block.out, path.heap.open] as const),
    );
    const sums = kernels.f64(path.sums.sums, block.rows * stride);
    const indices = kernels.i32(path.heap.open, open);
    const { unit } = path.sums;
    for (const at of indices) {
      const channel = at % n;
      const value = sums[Math.floor(at / n) * stride + channel]! * unit;
      outputs[at] = Number.isFinite(value)
        ? codeOfProduct(this.#rounder, multiplierNumber(layer, channel), value)
        : this.#encode(
            Number.isNaN(value) ? 'nan' : value > 0 ? '+infinity' : '-infinity',
            layer.multipliers[channel]!,
          );
    }
  }

  #general(inputs: Codes, offset: number, channel: number, draw: number | undefined): number {
    const { layer } = this;
    const { value, overflows } = accumulate(layer, this.#readers, inputs, offset, channel);
    this.overflows += overflows;
    return this.#encode(value, layer.multipliers[channel]!, draw);
  }
}
