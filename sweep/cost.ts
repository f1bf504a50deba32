/** Cost columns of a row: one set for each cost source and way to build the units, never two sources in one. */
import type { MacFacts } from '../emac/cost/facts.js';
import { costOfInference } from '../emac/cost/inference.js';
import type { CostSource } from '../emac/cost/source.js';
import type { RequantizerKind } from '../emac/unit/requantizer.js';
import { getFormat } from '../formats/registry.js';
import { loadCostSource } from '../input/cost-source.js';
import type { Program } from '../networks/program.js';
import type { RowValues } from './columns.js';
import type { PriceAxes } from './point.js';
import { fnv1a } from './statistics/unit-draws.js';

const sources = new Map<string, CostSource>();

function sourceOf(name: string): CostSource {
  let source = sources.get(name);
  if (!source) {
    source = loadCostSource(name);
    sources.set(name, source);
  }
  return source;
}

/** One way to build the units; undefined is what they do not have. */
interface Build {
  readonly units: number;
  readonly requantizer: RequantizerKind | undefined;
  readonly lanes: number | undefined;
}

/**
 * One set of columns for each source, number of units and requantizer, of a parallel one for each number of lanes; what is
 * not computed by EMACs is not priced, `unpriced` says why. Where every s is 1 or a power of two the units have no requantizer.
 */
export function priceRows(
  axes: PriceAxes,
  facts: readonly MacFacts[] | undefined,
  unpriced?: string,
): RowValues[] {
  return axes.cost.flatMap((name) =>
    buildsOf(axes, facts).map((build) => costColumns(sourceOf(name), build, facts, unpriced)),
  );
}

function buildsOf({ units, requantizer, lanes }: PriceAxes, facts: readonly MacFacts[] = []): Build[] {
  const multiplied = facts.some(({ multiplier }) => multiplier === 'multiply');
  const kinds = multiplied ? requantizer : [undefined];
  return units.flatMap((count) =>
    kinds.flatMap((kind) =>
      (kind === 'parallel' ? lanes : [undefined]).map((shared) => ({
        units: count,
        requantizer: kind,
        lanes: shared,
      })),
    ),
  );
}

/** A price that a source does not have is a value that a row does not have. */
function known(price: number | 'n/a'): number | undefined {
  return price === 'n/a' ? undefined : price;
}

function costColumns(
  source: CostSource,
  build: Build,
  facts: readonly MacFacts[] | undefined,
  unpriced: string | undefined,
): RowValues {
  if (!facts) return { ...build, cost: source.name, ...(unpriced && { costBand: unpriced }) };
  const { units, requantizer, lanes } = build;
  const cost = costOfInference(facts, source, {
    units,
    ...(requantizer && { requantizer: { kind: requantizer, lanes: lanes ?? 1 } }),
  });
  return {
    ...build,
    accumulatorBits: cost.width,
    cycles: cost.cycles,
    periodNs: known(cost.periodNs),
    delayNs: known(cost.delayNs),
    energyPj: known(cost.energyPJ),
    edpPjNs: known(cost.edp),
    edpLowPjNs: known(cost.edpLow),
    edpHighPjNs: known(cost.edpHigh),
    edpSigma: known(cost.edpDeviation),
    energyPerMacPj: known(cost.energyPerMacPJ),
    edpPerMacPjNs: known(cost.edpPerMac),
    areaUm2: known(cost.areaUm2),
    luts: known(cost.luts),
    cost: source.name,
    unit: fnv1a(cost.structure).toString(16).padStart(16, '0'),
    costBand: cost.band,
  };
}

/** The float32 network on float32 multiply-accumulate units, every product and add rounded. */
export function floatFacts(program: Program): MacFacts[] {
  const format = getFormat('float32e8m23');
  return program.steps.flatMap((step): MacFacts[] => {
    if (step.kind !== 'mac') return [];
    const { name, k, outChannels, window } = step;
    return [
      {
        name,
        k,
        weightFormat: format,
        activationFormat: format,
        outputFormat: format,
        outputs: window.outHeight * window.outWidth * outChannels,
        accumulator: { kind: 'float32' },
        multiplier: 'none',
        scaleBits: 16,
        zeroPoints: 'none',
      },
    ];
  });
}
