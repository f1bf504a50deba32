/** An axis is one word in a spec, a point, a row and an option. */
import { describe, expect, it } from 'vitest';
import type { CommandModule } from 'yargs';
import { commandFacts } from '../../cli/command-facts.js';
import { evaluateCommand } from '../../cli/evaluate.js';
import { resolveTraining } from '../../networks/training/options.js';
import { AXES } from '../../sweep/axes.js';
import { COLUMNS } from '../../sweep/columns.js';
import { TRAINING_FIELDS } from '../../sweep/fields.js';
import { planSweep } from '../../sweep/plan.js';
import { CODE_AXES, readPoint, writePoint } from '../../sweep/point.js';
import { checkSpec } from '../../sweep/spec.js';
import { columnName, optionName } from '../../sweep/spellings.js';

const GIVEN = { name: 'a', dataset: 'strokes', network: 'mlp4', training: {} };
const spec = (more: object) => checkSpec({ ...GIVEN, format: ['posit8es1'], ...more }, 'spec');

describe('every axis', () => {
  const options = commandFacts(evaluateCommand as unknown as CommandModule).options.map(({ name }) => name);

  it.each(AXES.map(({ name }) => name))('%s is a field, a column and an option of evaluate', (name) => {
    expect(Object.keys(spec({}))).toContain(name);
    expect(COLUMNS.map((column) => column.name)).toContain(columnName(name));
    if (name !== 'format') expect(options).toContain(optionName(name));
  });

  it('that decides codes is in every point, and survives being written', () => {
    const [point] = planSweep(
      spec({ format: [{ fixed: { bits: 6 } }], quantizer: 'rounding', accumulator: 'wrap20', seed: 7 }),
    ).points;
    for (const { name } of CODE_AXES) expect(point).toHaveProperty(name);
    const written = JSON.parse(JSON.stringify(writePoint(point!)));
    expect(written).toMatchObject({
      accumulator: 'wrap20',
      quantizer: 'rounding',
      dataflow: 'emac',
      seed: 7,
    });
    expect(readPoint(written)).toEqual(point);
  });

  it.each(AXES.flatMap((axis) => ('was' in axis ? axis.was.map((old) => [old, axis.name] as const) : [])))(
    '%s is refused with its name of now, %s',
    (old, name) => {
      expect(() => spec({ [old]: ['x'] })).toThrow(`key '${old}' is called ${name}; write ${name}`);
    },
  );

  it('a field of the training that was renamed is refused too', () => {
    expect(() => spec({ training: { images: 100 } })).toThrow(
      "training key 'images' is called trainImages; write trainImages",
    );
    expect(() => spec({ images: 100 })).toThrow("key 'images' is called testImages; write testImages");
  });
});

describe('complaints about options', () => {
  it('call a field as the command line does', () => {
    const bad = { ...GIVEN, format: ['posit8es1'], scaleBits: 99 };
    expect(() => checkSpec(bad, 'evaluate', 'options')).toThrow('evaluate: --scale-bits got 99');
    expect(() => checkSpec(bad, 'evaluate')).toThrow('evaluate: scaleBits got 99');
  });
});

it('the defaults of a training stand on the page as the training has them', () => {
  const { seed: _, rate, ...others } = resolveTraining({});
  for (const [name, value] of Object.entries(others)) {
    expect(TRAINING_FIELDS[name as keyof typeof others].otherwise).toBe(value);
  }
  expect(TRAINING_FIELDS.rate.meaning).toContain(
    `${resolveTraining({ optimizer: 'adam' }).rate} for adam, else ${rate}`,
  );
});

it('the three spellings of a word are made of it alone', () => {
  expect([columnName('edpPerMacPjNs'), columnName('areaUm2'), optionName('calibrationImages')]).toEqual([
    'edp_per_mac_pj_ns',
    'area_um2',
    'calibration-images',
  ]);
  for (const { word, name } of COLUMNS) {
    expect(columnName(word)).toBe(name);
  }
});
