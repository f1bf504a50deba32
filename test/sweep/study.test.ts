import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dataset } from '../../datasets/dataset.js';
import { loadDataset } from '../../datasets/load.js';
import { modelData, saveModel } from '../../networks/files/model.js';
import type { Network } from '../../networks/network.js';
import { initialParameters } from '../../networks/parameters.js';
import type { SweepRow } from '../../sweep/columns.js';
import { type Study, startStudy } from '../../sweep/study.js';
import type { StudyAxes } from '../../sweep/study-axes.js';

const COUNTS = { testImages: 30, calibrationImages: 20 };
const AXES: StudyAxes = {
  format: ['posit6es1', { fixed: { bits: 5 } }],
  quantizer: ['rounding'],
  units: [1, 4],
};

let folder = '';
let dataset: Dataset;
let trained: Study;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-study-'));
  dataset = await loadDataset('strokes', undefined, { train: 100, test: 40 });
  trained = await startStudy({ dataset, network: 'mlp4', training: { epochs: 1 }, ...COUNTS });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the rows of a study', () => {
  it('have numbers as numbers, and nothing where nothing applies', () => {
    const rows = trained.rows(AXES);
    expect(rows.map(({ dataflow, units }) => [dataflow, units])).toEqual([
      ['float', 1],
      ['float', 4],
      ['emac', 1],
      ['emac', 4],
      ['emac', 1],
      ['emac', 4],
    ]);
    const [baseline, , posit, , fixed] = rows;
    expect(baseline!.quantizer).toBeUndefined();
    expect(baseline!.drop).toBe(0);
    expect(posit).toMatchObject({
      format: 'posit6es1',
      family: 'posit',
      bits: 6,
      testImages: 30,
      scaleBits: 16,
    });
    expect(posit!.calibrator).toBeUndefined();
    expect(posit!.accuracy! + posit!.drop!).toBeCloseTo(posit!.baseline!, 5);
    expect(posit!.edpPjNs).toBeGreaterThan(0);
    expect(fixed!.fraction).toBe('best');
    expect(fixed!.format).toMatch(/^fixed5q[0-4]$/);
  });

  it('are the same on several threads', async () => {
    expect(await trained.parallelRows(AXES, 2)).toEqual(trained.rows(AXES));
  });

  it('refuse axes as a spec does', () => {
    expect(() => trained.rows({ format: ['posit8ez1'] })).toThrow(/study: format\[0\].*posit8ez1/);
    expect(() => trained.rows({ format: ['posit8es1'], seeds: [1] } as StudyAxes)).toThrow(
      /'seeds' is called seed/,
    );
    expect(() =>
      trained.rows({
        format: [
          { name: 'x', weights: 'int8', activations: 'int8', layers: { nowhere: { weights: 'int8' } } },
        ],
      }),
    ).toThrow(/no layer 'nowhere'/);
  });
});

describe('a study starts', () => {
  it('from a saved model, with the rows of the training it comes from', async () => {
    const model = join(folder, 'model');
    const { network, parameters } = trained;
    await saveModel(model, { network, parameters, data: modelData(dataset, 0), notes: {} });
    const again = await startStudy({ dataset, model, ...COUNTS });
    expect(again.history).toEqual([]);
    expect(again.rows(AXES)).toEqual(trained.rows(AXES));
  });

  it('from a network of one’s own with its weights', async () => {
    const { network, parameters } = trained;
    const again = await startStudy({ dataset, network, parameters, ...COUNTS });
    const unknown = { trainedOn: undefined, validationAccuracy: undefined, validationImages: undefined };
    // without validation images a point that leaves something open chooses it on the calibration images
    const given = (rows: readonly SweepRow[]) => rows.filter(({ fraction }) => fraction !== 'best');
    expect(given(again.rows(AXES))).toEqual(given(trained.rows(AXES)).map((row) => ({ ...row, ...unknown })));
    expect(trained.rows(AXES)[1]!.validationAccuracy).toBeGreaterThan(0.1);
  });

  it('from a network of one’s own that is trained now', async () => {
    const network: Network = {
      name: 'own',
      input: dataset.shape,
      classes: 10,
      nodes: [
        { name: 'flat', operator: { type: 'flatten' }, inputs: ['input'] },
        { name: 'dense', operator: { type: 'dense', units: 10, bias: 'bias' }, inputs: ['flat'] },
      ],
    };
    const own = await startStudy({ dataset, network, training: { epochs: 1 }, ...COUNTS });
    expect(own.history).toHaveLength(1);
    expect(own.rows({ format: ['posit8es1'] })[1]).toMatchObject({ network: 'own', trainedOn: 'strokes' });
  });

  it('not without weights or a recipe, nor with what does not fit', async () => {
    const { network } = trained;
    await expect(startStudy({ dataset, network } as never)).rejects.toThrow(
      /needs training .*parameters or model/,
    );
    const wrong = { ...network, classes: 9 };
    await expect(
      startStudy({ dataset, network: wrong, parameters: initialParameters(network, 0) }),
    ).rejects.toThrow(/to 9 classes/);
  });
});
