import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { listCostSources } from '../../emac/cost/built-in.js';
import { COMPONENTS } from '../../emac/cost/components.js';
import type { MacFacts } from '../../emac/cost/facts.js';
import { costSourceSchema } from '../../emac/cost/source.js';
import { unitCost } from '../../emac/cost/units.js';
import { UserError } from '../../errors.js';
import { getFormat } from '../../formats/registry.js';
import { loadCostSource } from '../../input/cost-source.js';

const directory = mkdtempSync(join(tmpdir(), 'cheetah-cost-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const format = getFormat('fixed8q4');
const facts: MacFacts = {
  name: 'layer',
  k: 100,
  outputs: 1,
  weightFormat: format,
  activationFormat: format,
  outputFormat: format,
  accumulator: { kind: 'exact' },
  multiplier: 'none',
  scaleBits: 16,
  zeroPoints: 'none',
};

const rest = COMPONENTS.filter(
  (component) => !['multiplier-cells', 'accumulator-bits', 'requantize-cells'].includes(component),
);
const mine = {
  kind: 'components',
  name: 'my-library',
  describes: '7 nm',
  pipeline: 'three stages',
  energyPerMac: {
    unit: 'pJ',
    coefficients: { 'multiplier-cells': 0.001, 'accumulator-bits': 0.002 },
    included: rest,
    within: 0.3,
    from: 'my own synthesis',
  },
};

describe('built-in sources', () => {
  it('are the six of the design, each valid by its own schema', () => {
    const names = listCostSources().map(({ name }) => name);
    expect(names).toEqual(['library45', 'ice40', 'ecp5', 'xc7', 'aladdin40', 'horowitz45']);
    for (const source of listCostSources()) {
      expect(costSourceSchema.parse(source)).toEqual(source);
      expect(loadCostSource(source.name)).toBe(source);
    }
  });
  it('no component is both priced and said to be included, and energies cover every component between them', () => {
    for (const source of listCostSources()) {
      if (source.kind !== 'components') continue;
      for (const quantity of [
        source.area,
        source.luts,
        source.energyPerMac,
        source.energyPerDot,
        source.period,
      ]) {
        if (!quantity) continue;
        for (const component of COMPONENTS) {
          const priced = quantity.coefficients[component] !== undefined;
          expect(priced && quantity.included.includes(component), `${source.name} ${component}`).toBe(false);
          expect(priced || quantity.included.includes(component), `${source.name} ${component}`).toBe(true);
        }
      }
    }
  });
});

describe('a user’s own table', () => {
  it('is read from JSON and YAML, and prices by its coefficients', () => {
    const json = loadCostSource(file('mine.json', JSON.stringify(mine)));
    const yaml = loadCostSource(
      file(
        'mine.yaml',
        `kind: components\nname: my-library\ndescribes: 7 nm\npipeline: three stages\nenergyPerMac:\n  unit: pJ\n  coefficients: {multiplier-cells: 0.001, accumulator-bits: 0.002}\n  included: [${rest.join(', ')}]\n  within: 0.3\n  from: my own synthesis\n`,
      ),
    );
    expect(yaml).toEqual(json);
    const cost = unitCost(facts, json);
    // 64 cells and 22 accumulator bits
    expect(cost.energyPerMac(100)).toBeCloseTo(64 * 0.001 + cost.width * 0.002, 12);
    expect([cost.areaUm2, cost.periodNs]).toEqual(['n/a', 'n/a']);
    expect(cost.band).toBe('energy ±30 %');
  });
  it('a component it does not know makes the price n/a', () => {
    const source = loadCostSource(file('mine.json', JSON.stringify(mine)));
    const parallel = { requantizer: { kind: 'parallel', lanes: 1 } } as const;
    const cost = unitCost({ ...facts, multiplier: 'multiply' }, source, parallel);
    expect(cost.energyPerMac(100)).toBe('n/a');
  });

  it('the example of docs/cost.md loads and prices', () => {
    const page = readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)![1]!;
    const cost = unitCost(facts, loadCostSource(file('example.json', example)));
    expect(cost.areaUm2).toBeCloseTo(6 + 0.3 * 64 + 0.5 * cost.width, 9);
    expect(cost.band).toBe('area ±20 %');
  });

  const broken: [string, string, RegExp][] = [
    ['not JSON or YAML', '{"kind": [', /is not YAML or JSON/],
    ['empty', '', /cost file .*: the file/],
    ['a list', '[1, 2]', /the file/],
    ['another kind', JSON.stringify({ ...mine, kind: 'guess' }), /'kind'/],
    ['a field too many', JSON.stringify({ ...mine, watts: 3 }), /watts/],
    [
      'a negative price',
      JSON.stringify({ ...mine, energyPerMac: { ...mine.energyPerMac, coefficients: { constant: -1 } } }),
      /'energyPerMac.coefficients.constant'/,
    ],
    [
      'an unknown component',
      JSON.stringify({ ...mine, energyPerMac: { ...mine.energyPerMac, coefficients: { gates: 1 } } }),
      /gates/,
    ],
    [
      'no coefficient',
      JSON.stringify({ ...mine, energyPerMac: { ...mine.energyPerMac, coefficients: {} } }),
      /at least one coefficient/,
    ],
    [
      'no provenance',
      JSON.stringify({ ...mine, energyPerMac: { ...mine.energyPerMac, from: '' } }),
      /'energyPerMac.from'/,
    ],
    ['a built-in’s name', JSON.stringify({ ...mine, name: 'library45' }), /'library45' is a built-in/],
    ['a name that is no word', JSON.stringify({ ...mine, name: 'My Library' }), /'name'/],
    [
      'aliases that multiply',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
      /broken\.json is not YAML or JSON: Excessive alias count/,
    ],
    ['a file too large', ' '.repeat(2 ** 20 + 1), /at most 1048576 bytes/],
  ];
  for (const [what, text, message] of broken) {
    it(`${what}: one clear line`, () => {
      const path = file('broken.json', text);
      const load = () => loadCostSource(path);
      expect(load).toThrow(UserError);
      expect(load).toThrow(message);
      try {
        load();
      } catch (error) {
        expect((error as Error).message).not.toContain('\n');
      }
    });
  }
  it('an unknown name lists the known ones, a missing file says so', () => {
    expect(() => loadCostSource('nangate')).toThrow(/cost source 'nangate' is unknown; use library45, ice40/);
    expect(() => loadCostSource(join(directory, 'missing.json'))).toThrow(
      /does not exist; give a cost table/,
    );
    expect(() => loadCostSource(`${directory}/.`)).toThrow(/is a directory, not a file/);
  });
});
