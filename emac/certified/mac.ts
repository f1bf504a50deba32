/**
 * The exact multiply-accumulate of one layer, by certified rounding: a stage chosen from the tensors' facts, then
 * repair of what it left undecided. The codes are those of emac/layer/reference.ts, whichever tier decided.
 */
import type { Kernels } from '../../kernels/loader.js';
import type { Mac, MacBlock, TierCounts } from '../codes/block.js';
import type { CodeWindows } from '../codes/windows.js';
import type { MacLayer } from '../layer/layer.js';
import { layerNumbers } from '../layer/numbers.js';
import { Repair } from './repair/outputs.js';
import { Specials } from './repair/specials.js';
import { RoundStage } from './round/certify.js';
import { OutputRounder } from './round/output.js';
import type { ApproximateSums, StageKind } from './stage.js';
import { type Chosen, StageChoice } from './stages/choice.js';
import { STAGES } from './stages/list.js';

export class CertifiedMac implements Mac {
  readonly overflows = 0;
  readonly reads: MacBlock['kind'];
  readonly #decided: TierCounts = { int16: 0, float32: 0, float64: 0, limbs: 0, reference: 0 };
  readonly #round: RoundStage;
  readonly #repair: Repair;
  readonly #specials: Specials;
  readonly #choice: StageChoice;
  /** A block of windows laid out as rows. */
  readonly #rows: { -readonly [Key in keyof MacBlock]: MacBlock[Key] } = {
    kind: 'rows',
    codes: 0,
    rows: 0,
    out: 0,
    facts: undefined,
    randomWordAt: undefined,
  };

  constructor(
    kernels: Kernels,
    readonly layer: MacLayer,
    maxRows: number,
    /** Of blocks of kind `windows`; without them blocks are rows. */
    private readonly windows?: CodeWindows,
    stages: readonly StageKind[] = STAGES,
  ) {
    this.reads = windows ? 'windows' : 'rows';
    const numbers = layerNumbers(layer);
    const rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    this.#round = new RoundStage(kernels, layer, rounder, maxRows);
    this.#repair = new Repair(kernels, layer, numbers, rounder, this.#round.placed, windows);
    this.#specials = new Specials(kernels, layer, this.#repair);
    this.#choice = new StageChoice(stages, { kernels, layer, numbers, maxRows, windows });
  }

  get counts(): TierCounts {
    const { float64, limbs, reference } = this.#repair.counts;
    const decided = this.#decided;
    return {
      ...decided,
      float64: decided.float64 + float64,
      limbs: decided.limbs + limbs,
      reference: decided.reference + reference,
    };
  }

  run(block: MacBlock): void {
    let operands = block;
    let sums: ApproximateSums | undefined;
    let chosen: Chosen;
    do {
      chosen = this.#choice.next();
      if (!chosen.kind.readsWindows && operands.kind === 'windows') operands = this.#asRows(block);
      sums = chosen.stage.run(operands);
      if (!sums) this.#choice.refuse(chosen);
    } while (!sums);
    this.#round.run(operands, sums);
    const { undecided, undecidedCount } = this.#round;
    const outputs = block.rows * this.layer.outChannels;
    this.#choice.observe(chosen, undecidedCount, outputs);
    this.#repair.run(operands, sums, undecided, undecidedCount);
    const specials = this.#specials.run(operands);
    this.#decided[chosen.kind.tier] += outputs - undecidedCount - specials;
  }

  #asRows(block: MacBlock): MacBlock {
    const rows = this.#rows;
    rows.codes = this.windows!.rows(block.codes);
    rows.rows = block.rows;
    rows.out = block.out;
    rows.facts = block.facts;
    rows.randomWordAt = block.randomWordAt;
    return rows;
  }
}
