/**
 * Which stage a block goes to: the one whose GEMM and repair together cost least, by what it left undecided of late in this
 * layer. Until it has run it is taken to leave nothing undecided: so the cheapest GEMM goes first, and a dearer one is
 * tried once the repair of the cheaper ones costs more than the difference. No code depends on it.
 */
import type { StageKind, StageOne, StageSource } from '../stage.js';

/** Time of a multiply-add in repair's float64 dot products; the unit is that of the int16 GEMM, as in `StageKind.cost`. */
const DOT_COST = 8;
/** What repair costs an output beyond its dot product, in multiply-adds of the int16 GEMM: in the kernels, and one by one. */
const LISTED_COST = 1000;
const SINGLE_COST = 10_000;

/** Weight of the last block in the mean of a stage's undecided shares: one hard image must not give a layer to a dearer one. */
const LAST_WEIGHT = 1 / 4;
/** What a block that went to another stage leaves of a share: a stage that once left much is tried again, seldom. */
const FADING = 63 / 64;

/** Whether kernels round whole lists of dot products (repair/round-dots.ts). */
function outputCost({ layer }: StageSource): number {
  const { format, rounding } = layer.output;
  const isListed = rounding.mode !== 'stochastic' && (format.bits <= 8 || format.layout !== undefined);
  return isListed ? LISTED_COST : SINGLE_COST;
}

/** A stage of the list, made when it is first chosen. */
interface Candidate {
  readonly kind: StageKind;
  stage: StageOne | undefined;
  /** Its place in the list that shares are kept by. */
  readonly place: number;
  /** Whether it has had the block at hand, and could not hold it. */
  refused: boolean;
}

export interface Chosen {
  readonly kind: StageKind;
  readonly stage: StageOne;
}

export class StageChoice {
  readonly #candidates: Candidate[];
  readonly #repairCost: number;
  /** Undecided shares of outputs, by place; NaN until a stage has run. A field that is a fraction would take memory at every change. */
  readonly #undecided: Float64Array;

  /** Makes the stage that the first block goes to. Throws RangeError where no kind holds the layer. */
  constructor(
    kinds: readonly StageKind[],
    private readonly source: StageSource,
  ) {
    this.#repairCost = DOT_COST + outputCost(source) / source.layer.k;
    this.#candidates = kinds.map((kind, place) => ({ kind, stage: undefined, place, refused: false }));
    this.#undecided = new Float64Array(kinds.length).fill(Number.NaN);
    this.next();
  }

  /** The best of those that have not refused the block at hand. Throws RangeError where all have. */
  next(): Chosen {
    for (;;) {
      const best = this.#best();
      best.stage ??= best.kind.create(this.source);
      if (best.stage) return best as Candidate & Chosen;
      this.#candidates.splice(this.#candidates.indexOf(best), 1);
    }
  }

  #best(): Candidate {
    let best: Candidate | undefined;
    let least = Number.POSITIVE_INFINITY;
    for (const candidate of this.#candidates) {
      const share = this.#undecided[candidate.place]!;
      const cost = candidate.kind.cost + (Number.isNaN(share) ? 0 : this.#repairCost * share);
      if (candidate.refused || cost >= least) continue;
      best = candidate;
      least = cost;
    }
    if (!best) throw new RangeError(`no stage holds layer '${this.source.layer.name}'`);
    return best;
  }

  /** A stage cannot hold the block at hand. */
  refuse(chosen: Chosen): void {
    for (const candidate of this.#candidates) if (candidate === chosen) candidate.refused = true;
  }

  /** How many of its outputs a stage left undecided in the block at hand, which is done with. */
  observe(chosen: Chosen, undecided: number, outputs: number): void {
    const last = undecided / outputs;
    for (const candidate of this.#candidates) {
      candidate.refused = false;
      const known = this.#undecided[candidate.place]!;
      if (candidate !== chosen) this.#undecided[candidate.place] = known * FADING;
      else {
        this.#undecided[candidate.place] = Number.isNaN(known) ? last : known + LAST_WEIGHT * (last - known);
      }
    }
  }
}
