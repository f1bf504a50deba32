/** Why a value becomes the code it becomes: its neighbours, the boundary between them, and the rule that decided. */
import { exactDecimal, exactDecimalOf } from '../arithmetic/decimal.js';
import { toRational } from '../arithmetic/float64.js';
import { add, compare, multiply, type Rational, rational } from '../arithmetic/rational.js';
import { type EncodeEvent, errorText, eventOf } from './events.js';
import type { NumberFormat, Rounding } from './format.js';
import { decodeExact, zeroIndex } from './rounding/reference.js';

export interface Neighbour {
  readonly code: number;
  readonly value: number;
}

export interface Explanation {
  readonly format: NumberFormat;
  readonly input: number;
  readonly rounding: Rounding;
  readonly code: number;
  readonly value: number;
  /** value − input, exact decimal. */
  readonly error: string;
  readonly event: EncodeEvent;
  /** The largest finite value not above the input; undefined below the smallest and for NaN. */
  readonly lower: Neighbour | undefined;
  /** The smallest finite value above the input; undefined above the largest and for NaN. */
  readonly upper: Neighbour | undefined;
  /** Where the nearest modes change from lower to upper (or to overflow), exact decimal; undefined for NaN and ±∞. */
  readonly boundary: string | undefined;
  /** Whether that is the neighbours' mean, or the posit of one bit more (where exponent bits are cut, not the mean). */
  readonly boundaryIs: 'mean' | 'posit one bit wider' | 'overflow midpoint';
  /** One sentence. */
  readonly why: string;
}

/** −1 below the smallest value. */
function lowerIndex(format: NumberFormat, x: number): number {
  let low = -1;
  let high = format.levels.count;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (format.toNumber(format.levels.code(middle)) <= x) low = middle;
    else high = middle;
  }
  return low;
}

function meanOf(format: NumberFormat, index: number): Rational {
  const at = (place: number) => decodeExact(format, format.levels.code(place));
  return multiply(rational(1n, 2n), add(at(index), at(index + 1)));
}

function whyRounded(x: number, value: number, boundary: Rational, mode: Rounding['mode']) {
  const direction = value > x ? 'upper' : 'lower';
  const side = compare(toRational(x), boundary);
  const where = side > 0 ? 'above' : side < 0 ? 'below' : 'exactly on';
  switch (mode) {
    case 'nearest-even':
    case 'nearest-away': {
      const tie = mode === 'nearest-even' ? 'whose code is even' : 'further from zero';
      return `the input is ${where} the boundary, so ${mode} takes the ${direction} neighbour${side === 0 ? `, ${tie}` : ''}`;
    }
    case 'toward-zero':
      return `toward-zero takes the neighbour nearer to zero, the ${direction} one`;
    case 'up':
    case 'down':
      return `${mode} takes the ${direction} neighbour`;
    case 'stochastic':
      return `the random word took the ${direction} neighbour; the chance of either is its share of the distance`;
    default:
      return mode satisfies never;
  }
}

function whyTiny(format: NumberFormat, underflow: Rounding['underflow']): string {
  const threshold = exactDecimalOf(format.boundary(zeroIndex(format)));
  switch (underflow) {
    case 'none':
      return 'a non-zero real never becomes 0: below minpos it is held at ±minpos';
    case 'half':
      return 'underflow rule half: up to minpos/2 in magnitude becomes 0, the rest below minpos is ±minpos';
    case 'bitstring':
      return `underflow rule bitstring: below ${threshold} in magnitude becomes 0, the rest below minpos is ±minpos`;
    default:
      return underflow satisfies never;
  }
}

function whyOf(
  format: NumberFormat,
  x: number,
  code: number,
  event: EncodeEvent,
  boundary: Rational | undefined,
  rounding: Rounding,
): string {
  const value = format.toNumber(code);
  if (event === 'exact')
    return Number.isNaN(x) ? 'NaN has a code of its own' : 'the input is a value of the format';
  if (!Number.isFinite(x)) {
    return format.infinityInput === 'nan'
      ? 'the format has no infinities: they are its one non-number'
      : `infinities go by the overflow policy, here ${rounding.policy}`;
  }
  if (event === 'overflow')
    return `beyond the largest finite value, and policy ${rounding.policy} makes it ${value}`;
  if (event === 'saturated') {
    const largest = x > 0 ? 'largest' : 'smallest';
    return rounding.policy === 'saturate'
      ? `beyond the ${largest} finite value, where policy saturate holds it`
      : `beyond the ${largest} finite value, but ${rounding.mode} does not send it on to the ${rounding.policy} of the policy`;
  }
  if (value === (x > 0 ? format.facts.max : format.facts.min) && Math.abs(x) > Math.abs(value)) {
    return 'beyond the largest finite value, but not beyond the boundary to its would-be successor';
  }
  if (format.belowMinPositive === 'held' && Math.abs(x) < format.facts.minPositive) {
    return whyTiny(format, rounding.underflow);
  }
  return whyRounded(x, value, boundary!, rounding.mode);
}

/**
 * Encodes x once, at scale 1, and says why. `randomWord` is stochastic rounding's 32-bit word. Throws UserError as
 * `encode` does.
 */
export function explain(
  format: NumberFormat,
  x: number,
  rounding: Rounding,
  randomWord?: number,
): Explanation {
  const code = format.encode(x, rounding, randomWord);
  const value = format.toNumber(code);
  const event = eventOf(format, x, code, rounding);
  const neighbour = (index: number): Neighbour | undefined => {
    if (index < 0 || index >= format.levels.count) return undefined;
    const at = format.levels.code(index);
    return { code: at, value: format.toNumber(at) };
  };
  const common = { format, input: x, rounding, code, value, error: errorText(value, x), event };
  if (Number.isNaN(x)) {
    const why = whyOf(format, x, code, event, undefined, rounding);
    return { ...common, lower: undefined, upper: undefined, boundary: undefined, boundaryIs: 'mean', why };
  }
  const index = lowerIndex(format, x);
  const boundary = Number.isFinite(x) ? format.boundary(index) : undefined;
  const inside = index >= 0 && index + 1 < format.levels.count;
  const isMean = inside && boundary && compare(boundary, meanOf(format, index)) === 0;
  return {
    ...common,
    lower: neighbour(index),
    upper: neighbour(index + 1),
    boundary: boundary ? exactDecimalOf(boundary) : undefined,
    boundaryIs: isMean ? 'mean' : inside ? 'posit one bit wider' : 'overflow midpoint',
    why: whyOf(format, x, code, event, boundary, rounding),
  };
}

/** A code in hex, as wide as the format: 0x0f. */
export function hexCode(format: NumberFormat, code: number): string {
  return `0x${code.toString(16).padStart(Math.ceil(format.bits / 4), '0')}`;
}

/** The explanation as lines of text, with a number line from neighbour to neighbour. `event` is the word shown for it. */
export function explanationText(explanation: Explanation, event: string = explanation.event): string {
  const { format, input, code, value, lower, upper, boundary, boundaryIs, rounding } = explanation;
  const at = ({ code: of, value: is }: Neighbour) => `${hexCode(format, of)}  ${exactDecimal(is)}`;
  const { mode, policy, underflow } = rounding;
  const lines = [
    `${format.name}: ${exactDecimal(input)} becomes ${hexCode(format, code)} = ${exactDecimal(value)}`,
    `  lower     ${lower ? at(lower) : 'none'}`,
    `  upper     ${upper ? at(upper) : 'none'}`,
    `  boundary  ${boundary === undefined ? 'none' : `${boundary} (${boundaryIs})`}`,
    `  event     ${event}, error ${explanation.error}`,
    `  rounding  ${mode}, policy ${policy}, underflow ${underflow}`,
    `  why       ${explanation.why}`,
  ];
  if (lower && upper && boundary !== undefined) {
    lines.push('', ...numberLine(lower.value, upper.value, Number(boundary), input));
  }
  return lines.join('\n');
}

/** Two lines: the stretch between neighbours with its boundary, and where the input lies on it. */
function numberLine(lower: number, upper: number, boundary: number, input: number): string[] {
  const width = 60;
  const column = (x: number) => Math.round(((x - lower) / (upper - lower)) * width);
  const line = Array.from({ length: width + 1 }, () => '-');
  line[0] = '|';
  line[width] = '|';
  line[column(boundary)] = '+';
  return [
    `  ${exactDecimal(lower)} ${line.join('')} ${exactDecimal(upper)}`,
    `  ${' '.repeat(exactDecimal(lower).length + 1 + column(input))}^ input (+ is the boundary)`,
  ];
}
