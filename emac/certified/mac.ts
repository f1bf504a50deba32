/**
 * The exact multiply-accumulate of one layer, by certified rounding: the fastest stage its operands allow, then
 * repair of what it left open. The codes are those of emac/reference.ts, whichever tier decided.
 */
import type { Kernels } from '../../kernels/loader.js';
import type { MacLayer } from '../layer.js';
import type { MacBlock } from './block.js';
import { Float64Stage } from './float64.js';
import { Int16Stage } from './int16.js';
import { type LayerNumbers, layerNumbers } from './layer-numbers.js';
import { Repair } from './repair.js';
import { RoundStage } from './round-stage.js';
import { OutputRounder } from './rounder.js';
import { Specials } from './specials.js';
import type { StageOne } from './stage.js';

/** Outputs decided by each tier since the layer was made. */
export interface TierCounts {
  int16: number;
  float64: number;
  limbs: number;
  reference: number;
}

export class CertifiedMac {
  readonly #stageCounts = { int16: 0, float64: 0 };
  readonly #numbers: LayerNumbers;
  readonly #round: RoundStage;
  readonly #repair: Repair;
  readonly #specials: Specials;
  readonly #int16: Int16Stage | undefined;
  #float64: Float64Stage | undefined;

  constructor(
    private readonly kernels: Kernels,
    readonly layer: MacLayer,
    private readonly maxRows: number,
  ) {
    this.#numbers = layerNumbers(layer);
    const rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#round = new RoundStage(kernels, layer, rounder, maxRows);
    this.#repair = new Repair(kernels, layer, this.#numbers, rounder);
    this.#specials = new Specials(layer, this.#repair);
    if (layer.weights.format.bits <= 8 && layer.activations.format.bits <= 8)
      this.#int16 = new Int16Stage(kernels, layer, this.#numbers, maxRows);
    else this.#wide();
  }

  get counts(): TierCounts {
    const { float64, limbs, reference } = this.#repair.counts;
    const stages = this.#stageCounts;
    return { int16: stages.int16, float64: stages.float64 + float64, limbs, reference };
  }

  run(block: MacBlock): void {
    let stage: StageOne = this.#int16 ?? this.#wide();
    let sums = stage.run(block);
    if (!sums) {
      stage = this.#wide();
      sums = this.#wide().run(block);
    }
    this.#round.run(block, sums);
    const { open, openCount } = this.#round;
    this.#repair.run(block, stage.tier, open, openCount);
    const specials = this.#specials.run(block);
    this.#stageCounts[stage.tier] += block.rows * this.layer.outChannels - openCount - specials;
  }

  #wide(): Float64Stage {
    this.#float64 ??= new Float64Stage(this.kernels, this.layer, this.#numbers, this.maxRows);
    return this.#float64;
  }
}
