/** Large figures in readable units: 1234567 pJ is 1.235 µJ. The factor of a column is one for all its rows. */

export interface Unit {
  readonly name: string;
  /** What a figure in the base unit is divided by. */
  readonly divisor: number;
}

const ENERGIES: readonly Unit[] = [
  { name: 'pJ', divisor: 1 },
  { name: 'nJ', divisor: 1e3 },
  { name: 'µJ', divisor: 1e6 },
  { name: 'mJ', divisor: 1e9 },
];

const TIMES: readonly Unit[] = [
  { name: 'ns', divisor: 1 },
  { name: 'µs', divisor: 1e3 },
  { name: 'ms', divisor: 1e6 },
  { name: 's', divisor: 1e9 },
];

const PRODUCTS: readonly Unit[] = [
  { name: 'pJ·ns', divisor: 1 },
  { name: 'nJ·ns', divisor: 1e3 },
  { name: 'nJ·µs', divisor: 1e6 },
  { name: 'µJ·µs', divisor: 1e9 },
  { name: 'µJ·ms', divisor: 1e12 },
  { name: 'mJ·ms', divisor: 1e15 },
];

/** The largest unit in which the smallest positive figure is at least 1; the base unit for no figures. */
function unitFor(values: readonly number[], units: readonly Unit[]): Unit {
  const least = values.reduce((low, v) => (v > 0 && v < low ? v : low), Number.POSITIVE_INFINITY);
  if (!Number.isFinite(least)) return units[0]!;
  return units.reduce((best, unit) => (least >= unit.divisor ? unit : best));
}

/** For energies given in pJ. */
export function energyUnit(picojoules: readonly number[]): Unit {
  return unitFor(picojoules, ENERGIES);
}

/** For times given in ns. */
export function timeUnit(nanoseconds: readonly number[]): Unit {
  return unitFor(nanoseconds, TIMES);
}

/** For energy-delay products given in pJ·ns. */
export function productUnit(products: readonly number[]): Unit {
  return unitFor(products, PRODUCTS);
}
