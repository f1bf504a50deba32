/** From a tensor's histogram to its encoding: a pure function, the same for any order of its values. */
import { powerOfTwo, toRational } from '../arithmetic/float64.js';
import { divide, type Rational, rational, roundToEvenInteger, subtract } from '../arithmetic/rational.js';
import { UserError } from '../errors.js';
import { NEAREST_EVEN, type NumberFormat, type Rounding } from '../formats/format.js';
import { checkRounding } from '../formats/rounding/rules.js';
import type { Encoding, Granularity } from './encoding.js';
import type { Histogram } from './histogram.js';
import { leastDivergence, type Target } from './kl.js';
import { leastSquaredError, mseCandidates } from './mse.js';
import { percentileMagnitude } from './percentile.js';
import { type Calibrator, type Quantizer, quantizerName, type Scales } from './quantizer.js';
import { formatRounder, integerRounder, type QuotientRounder } from './quotient-rounder.js';
import { eighthPower, exactQuotient, powerNotBelow } from './scale-grid.js';
import { scaledFormat } from './scaled-format.js';
import { yaoExponent } from './yao.js';

/** Weights of a format with zero points use the narrow range, and a signed one's zero point is 0 (Jacob). */
export type TensorRole = 'weights' | 'activations';

/**
 * The encoding of one tensor, one scale for all of it. An empty or all-zero tensor, or one whose percentile is
 * 0, has scale 1. Under linear fixed<n>q<q> is fixed<n>q0 (scaled-format.ts). Throws UserError where the format does
 * not go with the quantizer or the rounding.
 */
export function calibrate(
  histogram: Histogram,
  given: NumberFormat,
  role: TensorRole,
  quantizer: Quantizer,
  rounding: Rounding = NEAREST_EVEN,
): Encoding {
  checkChoice(given, quantizer, rounding);
  const format = scaledFormat(given, quantizer);
  const { scale, zeroPoint } = place(histogram, format, role, quantizer, rounding);
  return encodingOf(format, role, rounding, { kind: 'tensor' }, Float64Array.of(scale), zeroPoint);
}

/**
 * The encoding of a tensor with one scale a channel, each from its own channel's histogram. Throws UserError for
 * formats whose channels would each need a zero point of their own, and as `calibrate` does.
 */
export function calibrateChannels(
  histograms: Iterable<Histogram>,
  given: NumberFormat,
  role: TensorRole,
  quantizer: Quantizer,
  rounding: Rounding = NEAREST_EVEN,
): Encoding {
  checkChoice(given, quantizer, rounding);
  const format = scaledFormat(given, quantizer);
  if (format.zeroPoints === 'integer' && !isSymmetric(format, role)) {
    throw new UserError(
      `${format.name} per channel would need a zero point a channel; use its signed twin ${format.name}s for weights, or one scale a tensor`,
    );
  }
  const scales: number[] = [];
  for (const histogram of histograms) {
    scales.push(place(histogram, format, role, quantizer, rounding).scale);
  }
  return encodingOf(format, role, rounding, { kind: 'channel' }, Float64Array.from(scales), 0);
}

/** Throws UserError, in one line, where the format cannot be used so. */
export function checkChoice(format: NumberFormat, quantizer: Quantizer, rounding: Rounding): void {
  if (!format.quantizers.includes(quantizer.kind)) {
    const allowed = format.quantizers.join(' or ');
    throw new UserError(
      `${format.name} does not go with quantizer '${quantizerName(quantizer)}': its scale must come from calibration; use ${allowed}`,
    );
  }
  if (quantizer.kind === 'linear' && quantizer.calibrator.kind === 'yao' && format.scaleRule !== 'pow2') {
    throw new UserError(
      `${format.name} does not go with quantizer '${quantizerName(quantizer)}': the exponents of Yao et al. are those of pow2int<n>; use it, or linear:max:pow2`,
    );
  }
  checkRounding(format, rounding);
}

interface Place {
  readonly scale: number;
  readonly zeroPoint: number;
}

function place(
  histogram: Histogram,
  format: NumberFormat,
  role: TensorRole,
  quantizer: Quantizer,
  rounding: Rounding,
): Place {
  if (quantizer.kind === 'rounding') return { scale: 1, zeroPoint: 0 };
  const scales = format.scaleRule === 'pow2' ? 'pow2' : quantizer.scales;
  const { calibrator } = quantizer;
  if (format.zeroPoints === 'none') {
    const rounder = formatRounder(format, rounding.underflow);
    const target = { rounder, max: format.facts.max, positive: positiveValues(format) };
    return { scale: symmetricScale(histogram, format, target, calibrator, scales), zeroPoint: 0 };
  }
  const { min, max } = usedRange(format, role);
  if (isSymmetric(format, role)) {
    const rounder = integerRounder({ low: min, high: max });
    const target = { rounder, max, positive: max };
    return { scale: symmetricScale(histogram, format, target, calibrator, scales), zeroPoint: 0 };
  }
  return affinePlace(histogram, format, { min, max }, calibrator, scales);
}

/** T/M or the scale of least squared error, for tensors whose zero is code zero. */
function symmetricScale(
  histogram: Histogram,
  format: NumberFormat,
  target: Target,
  calibrator: Calibrator,
  scales: Scales,
): number {
  if (histogram.maxMagnitude === 0) return 1;
  if (calibrator.kind === 'mse') return searchedScale(histogram, format, target.rounder, scales);
  if (calibrator.kind === 'yao') return powerOfTwo(-yaoExponent(histogram.maxMagnitude, format.bits));
  const magnitude = magnitudeToFit(histogram, target, calibrator);
  return magnitude === 0 ? 1 : quotientScale(toRational(magnitude), toRational(target.max), scales);
}

/** Jacob's placement: [lo, hi] with 0 in it onto [qmin, qmax], 0 exactly on the zero point. */
function affinePlace(
  histogram: Histogram,
  format: NumberFormat,
  range: { readonly min: number; readonly max: number },
  calibrator: Calibrator,
  scales: Scales,
): Place {
  const { min, max } = range;
  const clip =
    calibrator.kind === 'max' || calibrator.kind === 'mse' || calibrator.kind === 'yao'
      ? histogram.maxMagnitude
      : magnitudeToFit(histogram, magnitudesOf(format.facts.max), calibrator);
  const low = toRational(Math.max(Math.min(histogram.min, 0), -clip));
  const high = toRational(Math.min(Math.max(histogram.max, 0), clip));
  const width = subtract(high, low);
  const scale = width.numerator === 0n ? 1 : quotientScale(width, rational(BigInt(max - min)), scales);
  const zero = roundToEvenInteger(subtract(rational(BigInt(min)), divide(low, toRational(scale))));
  const zeroPoint = Number(zero > BigInt(max) ? BigInt(max) : zero < BigInt(min) ? BigInt(min) : zero);
  if (calibrator.kind !== 'mse' || histogram.maxMagnitude === 0) return { scale, zeroPoint };
  const rounder = integerRounder({ low: min - zeroPoint, high: max - zeroPoint });
  return { scale: searchedScale(histogram, format, rounder, scales), zeroPoint };
}

/** The magnitudes an affine format has on one side of its zero point at most: 0 to its largest integer. */
function magnitudesOf(max: number): Target {
  return { rounder: integerRounder({ low: 0, high: max }), max, positive: max };
}

function positiveValues({ levels, encode }: NumberFormat): number {
  return levels.count - 1 - levels.index(encode(0));
}

/** T of the calibrators that have one. */
function magnitudeToFit(
  histogram: Histogram,
  target: Target,
  calibrator: Exclude<Calibrator, { kind: 'mse' | 'yao' }>,
): number {
  switch (calibrator.kind) {
    case 'max':
      return histogram.maxMagnitude;
    case 'percentile':
      return percentileMagnitude(histogram, calibrator.p);
    case 'kl':
      return leastDivergence(histogram, target);
    default:
      return calibrator satisfies never;
  }
}

function searchedScale(
  histogram: Histogram,
  format: NumberFormat,
  rounder: QuotientRounder,
  scales: Scales,
): number {
  const { max, minPositive } = format.facts;
  const candidates = mseCandidates(histogram.maxMagnitude, max, minPositive);
  return eighthPower(leastSquaredError(histogram.occupied(), rounder, candidates, scales));
}

function quotientScale(a: Rational, b: Rational, scales: Scales): number {
  return scales === 'pow2' ? powerNotBelow(divide(a, b)) : exactQuotient(a, b);
}

/** Signed formats with zero points put weights symmetrically about 0. */
function isSymmetric(format: NumberFormat, role: TensorRole): boolean {
  return role === 'weights' && format.facts.min < 0;
}

function usedRange(format: NumberFormat, role: TensorRole): { min: number; max: number } {
  if (role === 'weights' && format.narrowRange !== undefined) return format.narrowRange;
  return format.facts;
}

function encodingOf(
  format: NumberFormat,
  role: TensorRole,
  rounding: Rounding,
  granularity: Granularity,
  scales: Float64Array,
  zeroPoint: number,
): Encoding {
  const range = role === 'weights' && format.narrowRange !== undefined ? 'narrow' : 'full';
  return { format, rounding, granularity, scales, zeroPoint, range };
}
