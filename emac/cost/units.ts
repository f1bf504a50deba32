/** The price of one multiply-accumulate unit from one source. What the source cannot price is 'n/a', never 0. */
import type { NumberFormat } from '../../formats/format.js';
import { bandOf, type EdpError, edpErrorOf } from './band.js';
import { COMPONENTS } from './components.js';
import type { MacFacts } from './facts.js';
import type { ComponentSource, CostSource, OperationSource, Quantity } from './source.js';
import { type StructureOptions, type UnitStructure, unitStructure } from './structure.js';
import { withoutZeroPoints } from './zero-point-counts.js';

/** A price, or 'n/a' where the source cannot give it. */
export type Price = number | 'n/a';

export interface UnitCost {
  /** µm² */
  readonly areaUm2: Price;
  readonly luts: Price;
  /** What `luts` counts: LUT4, COMB (ECP5), LUT (7-series). */
  readonly lutKind: 'LUT4' | 'COMB' | 'LUT' | 'n/a';
  /** Flip-flops, counted from the structure; of a shared multiplier, this unit's part. */
  readonly flipFlops: number;
  /** Clock period in ns. */
  readonly periodNs: Price;
  /** pJ of one multiply-accumulate in a dot product of length k: the share of the once-a-dot-product part included. */
  energyPerMac(k: number): Price;
  /** The parts of it whose error is another than the unit's: pJ a MAC, 0 where the source cannot price them. */
  energyParts(k: number): EnergyParts;
  /** Errors of the logarithm of energy · period; `n/a` outside the fit and where the source states none. */
  readonly edpError: EdpError | 'n/a';
  /** Width of the accumulator in bits. */
  readonly width: number;
  /** What the prices are worth, in words. */
  readonly band: string;
  readonly structure: UnitStructure;
}

export interface EnergyParts {
  /** The multiplication by s. */
  readonly requantizer: number;
  /** Zero points and saturation, put together from the prices of other parts. */
  readonly composed: number;
}

const NO_PARTS: EnergyParts = { requantizer: 0, composed: 0 };

/** Prices the unit these facts describe. */
export function unitCost(facts: MacFacts, source: CostSource, options?: StructureOptions): UnitCost {
  const structure = unitStructure(facts, options);
  const { counts } = structure;
  const common = {
    flipFlops: counts['register-bits'] + counts['isolation-bits'] + counts['requantize-register-bits'],
    width: structure.accumulatorBits,
    structure,
  };
  switch (source.kind) {
    case 'components':
      return { ...common, ...componentPrices(facts, source, structure, options) };
    case 'operations': {
      const energy = operationEnergy(facts, source, structure.width);
      return {
        ...common,
        areaUm2: 'n/a',
        luts: 'n/a',
        lutKind: 'n/a',
        periodNs: 'n/a',
        energyPerMac: () => energy,
        energyParts: () => NO_PARTS,
        edpError: 'n/a',
        band:
          energy === 'n/a' ? 'n/a' : 'energy of one multiplication and one addition only, error not stated',
      };
    }
    default:
      return source satisfies never;
  }
}

function total(quantity: Quantity | undefined, structure: UnitStructure): Price {
  if (!quantity) return 'n/a';
  let sum = 0;
  for (const component of COMPONENTS) {
    const count = structure.counts[component];
    const coefficient = quantity.coefficients[component];
    if (coefficient !== undefined) sum += coefficient * count;
    else if (count > 0 && !quantity.included.includes(component)) return 'n/a';
  }
  return sum;
}

function energyOf(source: ComponentSource, structure: UnitStructure): (k: number) => Price {
  const perMac = total(source.energyPerMac, structure);
  const perDot = source.energyPerDot ? total(source.energyPerDot, structure) : 0;
  return (k) => {
    if (perMac === 'n/a' || perDot === 'n/a') return 'n/a';
    return perMac + perDot / (structure.rounds === 'each' ? 1 : Math.max(k, 1));
  };
}

function componentPrices(
  facts: MacFacts,
  source: ComponentSource,
  structure: UnitStructure,
  options: StructureOptions | undefined,
): Omit<UnitCost, 'flipFlops' | 'width' | 'structure'> {
  const energyPerMac = energyOf(source, structure);
  // the same unit without s, and without zero points and saturation: what is missing is what those spend
  const { accumulator } = facts;
  const unscaled = energyOf(source, unitStructure({ ...facts, multiplier: 'none' }, options));
  const plainFacts: MacFacts = {
    ...facts,
    zeroPoints: withoutZeroPoints(facts.zeroPoints),
    accumulator: accumulator.kind === 'saturate' ? { ...accumulator, kind: 'wrap' } : accumulator,
  };
  const plain = energyOf(source, unitStructure(plainFacts, options));
  const over = (all: Price, less: Price) => (all === 'n/a' || less === 'n/a' ? 0 : Math.max(all - less, 0));
  return {
    areaUm2: total(source.area, structure),
    luts: total(source.luts, structure),
    lutKind: source.luts?.unit ?? 'n/a',
    periodNs: total(source.period, structure),
    energyPerMac,
    energyParts: (k) => ({
      requantizer: over(energyPerMac(k), unscaled(k)),
      composed: over(energyPerMac(k), plain(k)),
    }),
    edpError: edpErrorOf(facts, source, structure),
    band: bandOf(facts, source, structure),
  };
}

/**
 * Multiplication and addition of plain integers or IEEE floats, where the table has both. A multiplier must be
 * exactly of the operands' width; an adder may be wider than the sum needs, the next one the table has.
 */
function operationEnergy(facts: MacFacts, source: OperationSource, width: number): Price {
  const { weightFormat: w, activationFormat: x, accumulator } = facts;
  const both = (families: readonly string[]) => families.includes(w.family) && families.includes(x.family);
  const exactly = (table: OperationSource['integerMultiply'], bits: number) =>
    table.find((operation) => operation.bits === bits)?.pJ;
  let multiply: number | undefined;
  let add: number | undefined;
  if (
    both(['fixed', 'affine', 'pow2int']) &&
    w.bits === x.bits &&
    accumulator.kind !== 'float32' &&
    accumulator.kind !== 'per-op'
  ) {
    multiply = exactly(source.integerMultiply, w.bits);
    const wideEnough = source.integerAdd.filter(({ bits }) => bits >= width).sort((a, b) => a.bits - b.bits);
    add = wideEnough[0]?.pJ;
  } else if (both(['float']) && w.name === x.name) {
    const bits = operationBits(w, accumulator.kind);
    multiply = bits === undefined ? undefined : exactly(source.floatMultiply, bits);
    add = bits === undefined ? undefined : exactly(source.floatAdd, bits);
  }
  return multiply === undefined || add === undefined ? 'n/a' : multiply + add;
}

/** Width of the floating-point operations: only IEEE binary32 and binary16 are what such tables measured. */
function operationBits(
  format: NumberFormat,
  accumulator: MacFacts['accumulator']['kind'],
): number | undefined {
  if (accumulator === 'float32') return format.name === 'float32e8m23' ? 32 : undefined;
  if (accumulator !== 'per-op') return undefined;
  if (format.name === 'float32e8m23') return 32;
  return format.name === 'float16e5m10' ? 16 : undefined;
}
