/**
 * Integer requantization: int32 sums to int8 or uint8 codes without a real number on the way. The integer-only
 * dataflows' counterpart of the one rounding of docs/numerics.md §4, with the roundings of those schemes.
 */
import { powerOfTwo } from '../arithmetic/float64.js';
import { UserError } from '../errors.js';
import { ShiftMode } from '../kernels/layouts.js';
import type { Kernels } from '../kernels/loader.js';

/**
 * What a shift right by e does with x / 2^e: its halves go up (to +∞, an added 2^(e−1)), away from zero (gemmlowp's
 * RoundingDivideByPOT) or to even; or everything goes down (`floor`, the bare arithmetic shift).
 */
export const SHIFT_ROUNDINGS = ['half-up', 'half-away', 'half-even', 'floor'] as const;
export type ShiftRounding = (typeof SHIFT_ROUNDINGS)[number];

const SHIFT_MODES: Readonly<Record<ShiftRounding, ShiftMode>> = {
  'half-up': ShiftMode.HALF_UP,
  'half-away': ShiftMode.HALF_AWAY,
  'half-even': ShiftMode.HALF_EVEN,
  floor: ShiftMode.FLOOR,
};

/** Multipliers and shifts are one a tensor (length 1) or one a channel. */
export type RequantizeRule =
  /**
   * Jacob et al. (arXiv 1712.05877 §2.2) as gemmlowp's fixedpoint.h has it: SaturatingRoundingDoublingHighMul(x, M0),
   * x·M0/2^31 with halves up and (−2^31)² held at 2^31 − 1, then RoundingDivideByPOT by the shift, halves away from
   * zero. Two roundings: TFLite's TFLITE_SINGLE_ROUNDING can differ by one.
   */
  | { readonly kind: 'multiplier'; readonly multipliers: Int32Array; readonly shifts: readonly number[] }
  /** Power-of-two scales (Yao et al., ICME 2019): a shift alone. The paper at hand does not say how halves go. */
  | { readonly kind: 'shift'; readonly shifts: readonly number[]; readonly rounding: ShiftRounding };

/** Where results end: clamp(zeroPoint + result, low, high), low .. high within −128..127 or 0..255. ReLU raises low. */
export interface RequantizeRange {
  readonly zeroPoint: number;
  readonly low: number;
  readonly high: number;
}

export class Requantizer {
  readonly #multipliers: number;
  readonly #scales: number;

  /**
   * Throws UserError for a shift outside 0..31, a range that no byte holds, or parameters that are neither one nor
   * one a channel.
   */
  constructor(
    private readonly kernels: Kernels,
    private readonly channels: number,
    private readonly rule: RequantizeRule,
    private readonly range: RequantizeRange,
  ) {
    checkRange(range);
    const { shifts } = rule;
    const wrong = shifts.find((shift) => !(Number.isInteger(shift) && shift >= 0 && shift <= 31));
    if (wrong !== undefined) throw new UserError(`shift ${wrong} is not possible; use whole numbers 0..31`);
    // the kernels read parameters four by four
    const padded = Math.ceil(channels / 4) * 4;
    this.#scales = kernels.allocate(padded * 8);
    const scales = kernels.f64(this.#scales, padded);
    this.#multipliers = kernels.allocate(padded * 4);
    const multipliers = kernels.i32(this.#multipliers, padded);
    for (let channel = 0; channel < channels; channel++) {
      scales[channel] = powerOfTwo(-of(shifts, channel, channels));
      if (rule.kind === 'multiplier') multipliers[channel] = of(rule.multipliers, channel, channels);
    }
  }

  /** Sums int32 [rows][stride], stride ≥ channels, to bytes [rows][channels]; pointers on the heap. */
  run(rows: number, sums: number, stride: number, out: number): void {
    const { call } = this.kernels;
    const { channels: n, rule } = this;
    const { zeroPoint, low, high } = this.range;
    const scales = this.#scales;
    switch (rule.kind) {
      case 'multiplier':
        call.requantizeMultiply(rows, n, stride, sums, this.#multipliers, scales, zeroPoint, low, high, out);
        return;
      case 'shift': {
        const rounding = SHIFT_MODES[rule.rounding];
        call.requantizeShift(rows, n, stride, sums, scales, rounding, zeroPoint, low, high, out);
        return;
      }
      default:
        rule satisfies never;
    }
  }
}

function of(parameters: ArrayLike<number>, channel: number, channels: number): number {
  const { length } = parameters;
  if (length !== 1 && length !== channels) {
    throw new UserError(
      `requantization has ${length} parameters for ${channels} channels; give 1 or ${channels}`,
    );
  }
  return parameters[length === 1 ? 0 : channel]!;
}

function checkRange({ zeroPoint, low, high }: RequantizeRange): void {
  const byte = (low >= -128 && high <= 127) || (low >= 0 && high <= 255);
  if (![zeroPoint, low, high].every(Number.isInteger) || !byte || low > high || Math.abs(zeroPoint) > 255) {
    throw new UserError(
      `requantization to ${low}..${high} with zero point ${zeroPoint} is not possible; use whole numbers within −128..127 or 0..255`,
    );
  }
}
