/**
 * Cycles, delay, energy, area and energy-delay product of one inference (docs/numerics.md §7): `units` equal
 * multiply-accumulate units, one product a unit and cycle, layers one after the other, compute only.
 */
import { exp } from '../../arithmetic/elementary.js';
import { UserError } from '../../errors.js';
import { accumulatorName } from '../layer/choices.js';
import { cyclesOfLayer, type RequantizerChoice } from '../unit/requantizer.js';
import { COMPOSED_DEVIATION } from './band.js';
import type { MacFacts } from './facts.js';
import type { CostSource } from './source.js';
import { sharedUnit, structureKey } from './structure.js';
import { type Price, type UnitCost, unitCost } from './units.js';

export interface LayerCost {
  readonly name: string;
  readonly macs: number;
  readonly cycles: number;
  /** pJ */
  readonly energyPJ: Price;
  /** Bits of its unit's accumulator. */
  readonly width: number;
}

export interface InferenceCost {
  /** Name of the cost source; figures of two sources are never comparable. */
  readonly source: string;
  readonly units: number;
  readonly macs: number;
  readonly cycles: number;
  /** Clock period in ns: that of the slowest unit, one clock for all. */
  readonly periodNs: Price;
  /** cycles · period, ns */
  readonly delayNs: Price;
  /** pJ */
  readonly energyPJ: Price;
  /** energy · delay of the inference, pJ·ns */
  readonly edp: Price;
  /**
   * σ, the standard deviation of the natural logarithm of edp: the unit's, and in quadrature those of the requantizer and
   * of composed parts, each on its share of the energy. `n/a` where a unit is outside the fit.
   */
  readonly edpDeviation: Price;
  /** edp · e^(∓ quantile · σ), pJ·ns: where it is with 95 % confidence, errors common to the source apart. */
  readonly edpLow: Price;
  readonly edpHigh: Price;
  readonly energyPerMacPJ: Price;
  /** energy per MAC · clock period, pJ·ns */
  readonly edpPerMac: Price;
  /** µm² of all units. */
  readonly areaUm2: Price;
  readonly luts: Price;
  readonly lutKind: UnitCost['lutKind'];
  readonly flipFlops: number;
  /** Widest accumulator register in bits. */
  readonly width: number;
  /** What the figures are worth, in words. */
  readonly band: string;
  /** What the units are made of: rows with the same text err together (`structureKey`). */
  readonly structure: string;
  readonly layers: readonly LayerCost[];
}

export interface InferenceOptions {
  readonly units: number;
  /** How a real s is multiplied; a loop over the digits of the sum by default. */
  readonly requantizer?: RequantizerChoice;
}

/** Most units an inference may be spread over. */
const MOST_UNITS = 2 ** 20;

/**
 * The cost of one inference. Layers of equal formats, accumulator and roundings share one unit, built for the
 * longest of their dot products; each other combination has its own, and `units` of each are laid out. Energy is
 * Σ MACs · energy per MAC, the part spent once a dot product divided by its K. Throws UserError for no layers and
 * for a number of units that is not a whole number from 1 on.
 */
export function costOfInference(
  facts: readonly MacFacts[],
  source: CostSource,
  options: InferenceOptions = { units: 1 },
): InferenceCost {
  const { units, requantizer } = options;
  if (!Number.isInteger(units) || units < 1 || units > MOST_UNITS) {
    throw new UserError(`units = ${units} is impossible; use a whole number of EMACs, 1 to ${MOST_UNITS}`);
  }
  if (requantizer && (!Number.isInteger(requantizer.lanes) || requantizer.lanes < 1)) {
    throw new UserError(`lanes = ${requantizer.lanes} is impossible; use a whole number of units, 1 or more`);
  }
  if (facts.length === 0) {
    throw new UserError('there is no multiply-accumulate layer to price; give a network that has one');
  }
  const groups = new Map<string, [MacFacts, ...MacFacts[]]>();
  for (const layer of facts) {
    const group = groups.get(unitKey(layer));
    if (group) group.push(layer);
    else groups.set(unitKey(layer), [layer]);
  }
  const costs = new Map(
    [...groups].map(([key, layers]) => {
      const { shortestK, ...unit } = sharedUnit(layers);
      return [key, unitCost(unit, source, { shortestK, ...(requantizer && { requantizer }) })];
    }),
  );
  const layers = facts.map((layer) => layerCost(layer, costs.get(unitKey(layer))!, units));
  const built = [...costs.values()];
  const macs = sum(layers.map((layer) => layer.macs)) as number;
  const cycles = sum(layers.map((layer) => layer.cycles)) as number;
  const energyPJ = sum(layers.map((layer) => layer.energyPJ));
  const periodNs = built.map((cost) => cost.periodNs).reduce((a, b) => combine(a, b, Math.max));
  const energyPerMacPJ = combine(energyPJ, macs === 0 ? 'n/a' : macs, (energy, count) => energy / count);
  const delayNs = combine(periodNs, cycles, times);
  const edp = combine(energyPJ, delayNs, times);
  const error = errorOf(facts, (layer) => costs.get(unitKey(layer))!);
  return {
    source: source.name,
    units,
    macs,
    cycles,
    periodNs,
    delayNs,
    energyPJ,
    edp,
    edpDeviation: error === 'n/a' ? 'n/a' : error.deviation,
    edpLow: error === 'n/a' ? 'n/a' : combine(edp, exp(-error.quantile * error.deviation), times),
    edpHigh: error === 'n/a' ? 'n/a' : combine(edp, exp(error.quantile * error.deviation), times),
    energyPerMacPJ,
    edpPerMac: combine(energyPerMacPJ, periodNs, times),
    areaUm2: combine(sum(built.map((cost) => cost.areaUm2)), units, times),
    luts: combine(sum(built.map((cost) => cost.luts)), units, times),
    lutKind: built[0]!.lutKind,
    flipFlops: Math.ceil(units * (sum(built.map((cost) => cost.flipFlops)) as number)),
    width: Math.max(...built.map((cost) => cost.width)),
    band: [...new Set(built.map((cost) => cost.band))].join('; '),
    structure: [...new Set(built.map((cost) => structureKey(cost.structure)))].sort().join(' and '),
    layers,
  };
}

function unitKey(layer: MacFacts): string {
  const formats = [layer.weightFormat, layer.activationFormat, layer.outputFormat].map(({ name }) => name);
  return [...formats, accumulatorName(layer.accumulator)].join(' ');
}

function layerCost(layer: MacFacts, unit: UnitCost, units: number): LayerCost {
  const macs = layer.k * layer.outputs;
  return {
    name: layer.name,
    macs,
    cycles: cyclesOfLayer(layer, units, unit.structure.requantizer),
    energyPJ: combine(unit.energyPerMac(layer.k), macs, times),
    width: unit.width,
  };
}

/**
 * σ of an inference and the quantile of its band. Units of one source err together; so do their requantizers, and so do
 * the composed parts: within each of the three, deviations add up by their shares of the energy.
 */
function errorOf(
  facts: readonly MacFacts[],
  unitOf: (layer: MacFacts) => UnitCost,
): { readonly deviation: number; readonly quantile: number } | 'n/a' {
  let energy = 0;
  let unit = 0;
  let requantizer = 0;
  let composed = 0;
  let quantile = 0;
  for (const layer of facts) {
    const { edpError, energyPerMac, energyParts } = unitOf(layer);
    const price = energyPerMac(layer.k);
    if (edpError === 'n/a' || price === 'n/a') return 'n/a';
    const macs = layer.k * layer.outputs;
    const parts = energyParts(layer.k);
    energy += macs * price;
    unit += macs * price * edpError.unit;
    requantizer += macs * parts.requantizer * edpError.requantizer;
    composed += macs * parts.composed * COMPOSED_DEVIATION;
    quantile = edpError.quantile;
  }
  if (energy === 0) return 'n/a';
  const squares = unit * unit + requantizer * requantizer + composed * composed;
  return { deviation: Math.sqrt(squares) / energy, quantile };
}

function combine(a: Price, b: Price, operation: (a: number, b: number) => number): Price {
  return a === 'n/a' || b === 'n/a' ? 'n/a' : operation(a, b);
}

function times(a: number, b: number): number {
  return a * b;
}

function sum(prices: readonly Price[]): Price {
  return prices.reduce((a, b) => combine(a, b, (x, y) => x + y), 0);
}
