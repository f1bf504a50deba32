/** Cost columns of a row: one set for each cost source and number of units, never two sources in one. */
import type { MacFacts } from '../emac/cost/facts.js';
import { costOfInference } from '../emac/cost/inference.js';
import type { CostSource } from '../emac/cost/source.js';
import { getFormat } from '../formats/registry.js';
import { loadCostSource } from '../input/cost-source.js';
import type { Program } from '../networks/program.js';
import type { RowValues } from './columns.js';

/** What is priced: the sources by name or file, and the numbers of units. */
export interface Pricing {
  readonly cost: readonly string[];
  readonly units: readonly number[];
}

const sources = new Map<string, CostSource>();

function sourceOf(name: string): CostSource {
  let source = sources.get(name);
  if (!source) {
    source = loadCostSource(name);
    sources.set(name, source);
  }
  return source;
}

/** One set of columns for each source and number of units; what is not computed by EMACs is not priced. */
export function priceRows({ cost, units }: Pricing, facts: readonly MacFacts[] | undefined): RowValues[] {
  return cost.flatMap((name) => units.map((count) => costColumns(sourceOf(name), count, facts)));
}

/** A price that a source does not have is a value that a row does not have. */
function known(price: number | 'n/a'): number | undefined {
  return price === 'n/a' ? undefined : price;
}

function costColumns(source: CostSource, units: number, facts: readonly MacFacts[] | undefined): RowValues {
  if (!facts) return { units, cost: source.name };
  const cost = costOfInference(facts, source, { units });
  return {
    units,
    accumulatorBits: cost.width,
    cycles: cost.cycles,
    periodNs: known(cost.periodNs),
    delayNs: known(cost.delayNs),
    energyPj: known(cost.energyPJ),
    edpPjNs: known(cost.edp),
    energyPerMacPj: known(cost.energyPerMacPJ),
    edpPerMacPjNs: known(cost.edpPerMac),
    areaUm2: known(cost.areaUm2),
    luts: known(cost.luts),
    cost: source.name,
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
