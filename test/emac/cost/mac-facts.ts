/** A layer as the cost model is told of it. */
import type { MacFacts } from '../../../emac/cost/facts.js';
import { getFormat } from '../../../formats/registry.js';

/** 1024 products of one format a sum, exact, under rounding; `change` says what else. */
export function facts(name: string, change: Partial<MacFacts> = {}): MacFacts {
  const format = getFormat(name);
  return {
    name: 'layer',
    weightFormat: format,
    activationFormat: format,
    outputFormat: format,
    k: 1024,
    outputs: 1,
    accumulator: { kind: 'exact' },
    multiplier: 'none',
    scaleBits: 16,
    zeroPoints: 'none',
    ...change,
  };
}
