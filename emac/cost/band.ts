/** What the prices of a unit are worth: the error of its source, of the parts put together, and what lies outside. */
import type { NumberFormat } from '../../formats/format.js';
import type { Requantizer } from '../unit/requantizer.js';
import type { MacFacts } from './facts.js';
import type { ComponentSource } from './source.js';
import type { Departure, UnitStructure } from './structure.js';

/** Standard deviation of the logarithm of what was put together from other parts and not measured: a guess. */
export const COMPOSED_DEVIATION = 0.35;

/** Standard deviations of natural logarithms. */
export interface EdpError {
  /** Of energy · period of the unit without what follows. */
  readonly unit: number;
  /** Of the requantizer's energy; 0 where there is none. */
  readonly requantizer: number;
  /** Half-width of the band in deviations. */
  readonly quantile: number;
}

const REQUANTIZERS: readonly Departure[] = ['shift by s', 'multiplication by s'];
/** Put together from components that were measured in other places: their error is wider, and it is stated. */
const COMPOSED: readonly Departure[] = ['saturation', 'zero points'];

/** In words: the error of each figure, what is composed or interpolated, and why a unit is outside the fit. */
export function bandOf(facts: MacFacts, source: ComponentSource, structure: UnitStructure): string {
  const outside = outsideOf(facts, source, structure);
  const parts = (
    [
      ['area', source.area],
      ['LUT', source.luts],
      ['energy', source.energyPerMac],
      ['period', source.period],
    ] as const
  )
    .filter(([, quantity]) => quantity?.within !== undefined)
    .map(([what, quantity]) => `${what} ±${Math.round(quantity!.within! * 100)} %`);
  const composed = composedWords(structure, source);
  const stated = [...(parts.length === 0 ? ['error not stated'] : parts), ...composed].join(', ');
  if (outside.length === 0) return stated;
  return `extrapolated (${outside.join(', ')})${parts.length === 0 ? '; ' : '; in range: '}${stated}`;
}

function composedWords({ departures, requantizer }: UnitStructure, source: ComponentSource): string[] {
  const composed = departures.filter((departure) => COMPOSED.includes(departure));
  const interpolated =
    source.requantizerError && requantizer.kind === 'loop' && requantizer.digitBits === 4
      ? ['loop of 4 bits interpolated']
      : [];
  return [...(composed.length > 0 ? [`composed: ${composed.join(' and ')}`] : []), ...interpolated];
}

/** The errors of a unit; `n/a` where it is outside the fit or its source states none. */
export function edpErrorOf(
  facts: MacFacts,
  source: ComponentSource,
  structure: UnitStructure,
): EdpError | 'n/a' {
  const { edpError } = source;
  if (!edpError || outsideOf(facts, source, structure).length > 0) return 'n/a';
  return {
    unit: edpError.logDeviation,
    quantile: edpError.quantile,
    requantizer: requantizerDeviation(structure.requantizer, source) ?? 0,
  };
}

/** 0 where there is nothing to be off, undefined where it was not measured. */
function requantizerDeviation(requantizer: Requantizer, source: ComponentSource): number | undefined {
  switch (requantizer.kind) {
    case 'none':
      return 0;
    case 'shift':
      return source.requantizerError?.shift;
    case 'parallel':
      return source.requantizerError?.parallel;
    case 'loop':
      return source.requantizerError?.[`loop${requantizer.digitBits}`];
    default:
      return requantizer satisfies never;
  }
}

/** Why the unit is not one of those the source was fitted to; empty where it is. */
function outsideOf(facts: MacFacts, source: ComponentSource, structure: UnitStructure): string[] {
  const { fitted, requantizerError } = source;
  const measured = requantizerDeviation(structure.requantizer, source) !== undefined;
  const departures = structure.departures.filter((departure) => {
    if (COMPOSED.includes(departure)) return false;
    return !(measured && REQUANTIZERS.includes(departure));
  });
  const multiplied = structure.departures.includes('multiplication by s');
  const oddBits =
    measured && multiplied && requantizerError && facts.scaleBits !== requantizerError.scaleBits
      ? [`s of ${facts.scaleBits} bits`]
      : [];
  if (!fitted) return [...departures, ...oddBits];
  return [...outsideRange(facts, fitted, structure), ...departures, ...oddBits];
}

function outsideRange(
  facts: MacFacts,
  fitted: NonNullable<ComponentSource['fitted']>,
  structure: UnitStructure,
): string[] {
  const formats = new Map<string, NumberFormat>();
  for (const format of [facts.weightFormat, facts.activationFormat, facts.outputFormat]) {
    formats.set(format.name, format);
  }
  const [least, most] = fitted.bits;
  const [narrow, wide] = fitted.accumulatorBits;
  const reasons: string[] = [];
  for (const { name, bits, family } of formats.values()) {
    if (!fitted.families.includes(family)) reasons.push(`${name} is ${family}`);
    if (bits < least || bits > most) reasons.push(`${name} has ${bits} bits`);
  }
  if (structure.width < narrow || structure.width > wide)
    reasons.push(`accumulator of ${structure.width} bits`);
  return reasons;
}
