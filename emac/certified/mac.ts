/**
 * The exact multiply-accumulate of one layer, by certified rounding: the fastest tier its operands allow, then
 * repair of what it left open. The codes are those of emac/reference.ts, whichever tier decided.
 */
import type { Kernels } from '../../kernels/loader.js';
import type { Codes, MacLayer } from '../layer.js';
import { codeView } from './code-width.js';
import type { UseFacts } from './facts.js';
import { Float64Tier } from './float64.js';
import { type DrawAt, Int16Tier, outputView } from './int16.js';
import { Repair } from './repair.js';
import { OutputRounder, placeLadder, placeOutputLadder } from './rounder.js';

/** Outputs decided by each tier since the layer was made. */
export interface TierCounts {
  int16: number;
  float64: number;
  limbs: number;
  reference: number;
}

export interface MacBlock {
  /** Activation codes [rows][k], padding included; on the heap, readable up to a multiple of 4 rows. */
  readonly codes: number;
  readonly rows: number;
  /** Output codes [rows][outChannels], on the heap. */
  readonly out: number;
  /** Facts of the activations' codes in this block; undefined for formats wider than 8 bits. */
  readonly facts: UseFacts | undefined;
  readonly draw: DrawAt | undefined;
}

export class CertifiedMac {
  readonly counts: TierCounts = { int16: 0, float64: 0, limbs: 0, reference: 0 };
  readonly #rounder: OutputRounder;
  readonly #repair: Repair;
  readonly #int16: Int16Tier | undefined;
  #float64: Float64Tier | undefined;

  constructor(
    private readonly kernels: Kernels,
    readonly layer: MacLayer,
    private readonly maxRows: number,
  ) {
    this.#rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#repair = new Repair(kernels, layer, this.#rounder);
    if (layer.weights.format.bits <= 8 && layer.activations.format.bits <= 8) {
      const ladder = placeOutputLadder(kernels, this.#rounder.ladder, layer.output.format.bits);
      this.#int16 = new Int16Tier(kernels, layer, this.#rounder, ladder, maxRows);
    } else this.#wide();
  }

  run(block: MacBlock): void {
    const { layer, kernels } = this;
    const n = layer.outChannels;
    const inputs = codeView(kernels, layer.activations.format.bits, block.codes, block.rows * layer.k);
    const outputs = outputView(kernels, block, layer);
    const before = { ...this.#repair.counts };
    const first = this.#int16 && block.facts ? this.#int16.run({ ...block, facts: block.facts }) : 'refused';
    let open = 0;
    if (first === 'done') {
      const tier = this.#int16!;
      open = tier.openCount;
      this.#repair.run(tier.open, open, block.codes, inputs, outputs, block.draw);
    } else {
      const tier = this.#wide();
      tier.run({ codes: block.codes, rows: block.rows, out: block.out, draw: block.draw });
      open = tier.openCount;
      for (let i = 0; i < open; i++) {
        const at = tier.open[i]!;
        const row = Math.floor(at / n);
        outputs[at] = this.#repair.exact(
          block.codes,
          inputs,
          row * layer.k,
          at % n,
          block.draw?.(row, at % n),
        );
      }
    }
    const specials = this.#specials(inputs, outputs, block);
    const repaired = this.#repair.counts;
    const float64 = repaired.float64 - before.float64;
    const reference = repaired.reference - before.reference;
    this.counts.float64 += float64;
    this.counts.reference += reference;
    this.counts.limbs += repaired.limbs - before.limbs;
    const decided = block.rows * n - open - specials;
    if (first === 'done') this.counts.int16 += decided;
    else this.counts.float64 += decided;
  }

  /** Recomputes every output that a NaN, NaR or Inf operand reaches; returns how many. */
  #specials(inputs: Codes, outputs: Codes, block: MacBlock): number {
    const { layer } = this;
    const { k, outChannels: n } = layer;
    const channels = (this.#int16?.weights ?? this.#float64!).specialChannels;
    const someRows = block.facts
      ? block.facts.specials === 'some'
      : layer.activations.format.facts.reserved > 0;
    if (channels.length === 0 && !someRows) return 0;
    let count = 0;
    for (let row = 0; row < block.rows; row++) {
      let special = false;
      for (let p = 0; someRows && !special && p < k; p++) {
        special = !Number.isFinite(this.#repair.readers.activations.toNumber(inputs[row * k + p]!));
      }
      const which = special ? Array.from({ length: n }, (_, channel) => channel) : channels;
      for (const channel of which) {
        outputs[row * n + channel] = this.#repair.reference(
          inputs,
          row * k,
          channel,
          block.draw?.(row, channel),
        );
        count++;
      }
    }
    return count;
  }

  #wide(): Float64Tier {
    if (!this.#float64) {
      const { ladder } = this.#rounder;
      const placed = ladder && placeLadder(this.kernels, ladder, this.layer.output.format.bits);
      this.#float64 = new Float64Tier(this.kernels, this.layer, this.#rounder, placed, this.maxRows);
    }
    return this.#float64;
  }
}
