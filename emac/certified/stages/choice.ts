/**
 * Which stage a block goes to: the one whose GEMM and repair together cost least, by what it left open the last time
 * it ran in this layer. Until it has run it is taken to leave nothing open: so the cheapest GEMM goes first, and a
 * dearer one is tried once the repair of the cheaper ones costs more than the difference. No code depends on it.
 */
import type { StageOne } from '../stage.js';

type Tier = StageOne['tier'];

/**
 * Time of a multiply-add in each stage's GEMM, and in the float64 dot products that repair what the first two leave
 * open, in those of the int16 GEMM (measured at 2048 × 256 × 784, where rows and weights lie in the caches).
 */
const GEMM_COST = { int16: 1, float32: 2.2, float64: 4 } as const;
const DOT_COST = 8;
/** What repair costs an output beyond its dot product, in multiply-adds of the int16 GEMM. */
const OUTPUT_COST = 10_000;

export class StageChoice {
  readonly #openShare = { int16: 0, float32: 0, float64: 0 };

  readonly #repairCost: number;

  /** `cheapest`: the first stage the layer's codes fit; `k` products make a sum. */
  constructor(
    private readonly cheapest: 'int16' | 'float32',
    k: number,
  ) {
    this.#repairCost = DOT_COST + OUTPUT_COST / k;
  }

  get best(): Tier {
    const { int16, float32 } = this.#openShare;
    const int16Cost =
      this.cheapest === 'int16' ? GEMM_COST.int16 + this.#repairCost * int16 : Number.POSITIVE_INFINITY;
    const float32Cost = GEMM_COST.float32 + this.#repairCost * float32;
    if (int16Cost <= float32Cost && int16Cost <= GEMM_COST.float64) return 'int16';
    return float32Cost <= GEMM_COST.float64 ? 'float32' : 'float64';
  }

  /** The share of its outputs that a stage left open. */
  observe(tier: Tier, openShare: number): void {
    this.#openShare[tier] = openShare;
  }
}
