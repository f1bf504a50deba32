/**
 * The exact multiply-accumulate of one layer, by certified rounding: a stage chosen from the tensors' facts, then
 * repair of what it left open. The codes are those of emac/layer/reference.ts, whichever tier decided.
 */
import type { Kernels } from '../../kernels/loader.js';
import type { Mac, MacBlock, TierCounts } from '../codes/block.js';
import type { CodeWindows } from '../codes/windows.js';
import type { MacLayer } from '../layer/layer.js';
import { type LayerNumbers, layerNumbers } from '../layer/numbers.js';
import { Repair } from './repair/outputs.js';
import { Specials } from './repair/specials.js';
import { RoundStage } from './round/certify.js';
import { OutputRounder } from './round/output.js';
import type { ApproximateSums, StageOne } from './stage.js';
import { StageChoice } from './stages/choice.js';
import { Float32Stage } from './stages/float32.js';
import { Float64Stage } from './stages/float64.js';
import { Int8Stage } from './stages/int8.js';
import { Int16Stage } from './stages/int16.js';

export class CertifiedMac implements Mac {
  readonly overflows = 0;
  readonly reads: MacBlock['kind'];
  readonly #decided = { int16: 0, float32: 0, float64: 0 };
  readonly #numbers: LayerNumbers;
  readonly #round: RoundStage;
  readonly #repair: Repair;
  readonly #specials: Specials;
  readonly #choice: StageChoice;
  readonly #int8: Int8Stage | undefined;
  readonly #int16: Int16Stage | undefined;
  /** A block of windows laid out as rows. */
  readonly #rows: { -readonly [Key in keyof MacBlock]: MacBlock[Key] } = {
    ...{ kind: 'rows', codes: 0, rows: 0, out: 0, facts: undefined, draw: undefined },
  };
  #float32: Float32Stage | 'unavailable' | undefined;
  #float64: Float64Stage | undefined;

  constructor(
    private readonly kernels: Kernels,
    readonly layer: MacLayer,
    private readonly maxRows: number,
    /** Of blocks of kind `windows`; without them blocks are rows. */
    private readonly windows?: CodeWindows,
  ) {
    this.reads = windows ? 'windows' : 'rows';
    this.#numbers = layerNumbers(layer);
    const rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#round = new RoundStage(kernels, layer, rounder, maxRows);
    this.#repair = new Repair(kernels, layer, this.#numbers, rounder, this.#round.placed, windows);
    this.#specials = new Specials(kernels, layer, this.#repair);
    if (layer.weights.format.bits <= 8 && layer.activations.format.bits <= 8) {
      this.#int8 = Int8Stage.of(kernels, layer, this.#numbers, maxRows);
      this.#int16 = new Int16Stage(kernels, layer, this.#numbers, maxRows, windows);
    }
    this.#choice = new StageChoice(this.#int16 ? 'int16' : 'float32', layer.k);
    if (!this.#int16 && !this.#single()) this.#double();
  }

  get counts(): TierCounts {
    const { float64, limbs, reference } = this.#repair.counts;
    const decided = this.#decided;
    return { ...decided, float64: decided.float64 + float64, limbs, reference };
  }

  run(block: MacBlock): void {
    let stage: StageOne | undefined = this.#int8;
    let operands = block;
    let sums: ApproximateSums | undefined = stage?.run(block);
    if (!stage || !sums) {
      stage = this.#stage();
      operands = stage.tier === 'int16' ? block : this.#asRows(block);
      sums = stage.run(operands);
    }
    if (!sums) {
      stage = this.#double();
      operands = this.#asRows(block);
      sums = this.#double().run(operands);
    }
    this.#round.run(operands, sums);
    const { open, openCount } = this.#round;
    const outputs = block.rows * this.layer.outChannels;
    this.#choice.observe(stage.tier, openCount / outputs);
    this.#repair.run(operands, sums, stage.tier, open, openCount);
    const specials = this.#specials.run(operands);
    this.#decided[stage.tier] += outputs - openCount - specials;
  }

  /** Stages other than int16 read rows only. */
  #asRows(block: MacBlock): MacBlock {
    if (block.kind === 'rows') return block;
    const rows = this.#rows;
    rows.codes = this.windows!.rows(block.codes);
    rows.rows = block.rows;
    rows.out = block.out;
    rows.facts = block.facts;
    rows.draw = block.draw;
    return rows;
  }

  #stage(): StageOne {
    const tier = this.#choice.best;
    if (tier === 'int16' && this.#int16) return this.#int16;
    if (tier !== 'float64') {
      const single = this.#single();
      if (single) return single;
    }
    return this.#double();
  }

  #single(): Float32Stage | undefined {
    this.#float32 ??= Float32Stage.of(this.kernels, this.layer, this.#numbers, this.maxRows) ?? 'unavailable';
    return this.#float32 === 'unavailable' ? undefined : this.#float32;
  }

  #double(): Float64Stage {
    this.#float64 ??= new Float64Stage(this.kernels, this.layer, this.#numbers, this.maxRows);
    return this.#float64;
  }
}
