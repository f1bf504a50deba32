/** `cheetah cost list`. */
import { listCostSources } from '../emac/cost/built-in.js';
import type { CostSource } from '../emac/cost/source.js';

/** Prints every built-in source: its name, what it is, what it prices and the stated error of that. */
export function printSources(form: 'text' | 'json'): void {
  const sources = listCostSources();
  if (form === 'json') {
    console.log(JSON.stringify(sources, undefined, 2));
    return;
  }
  const width = Math.max(...sources.map(({ name }) => name.length)) + 2;
  for (const source of sources) {
    console.log(`${source.name.padEnd(width)}${source.describes}`);
    console.log(`${' '.repeat(width)}${pricedBy(source)}`);
  }
}

function pricedBy(source: CostSource): string {
  if (source.kind === 'operations') return 'energy of single operations';
  const quantities = [
    ['area', source.area],
    [source.luts?.unit ?? 'LUT', source.luts],
    ['energy', source.energyPerMac],
    ['period', source.period],
  ] as const;
  return quantities
    .flatMap(([what, quantity]) => {
      if (!quantity) return [];
      const { within } = quantity;
      return [`${what} ${within === undefined ? '(error not stated)' : `±${Math.round(within * 100)} %`}`];
    })
    .join(', ');
}
