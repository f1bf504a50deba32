import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { evaluatePlan } from '../../../networks/evaluation.js';
import { lower } from '../../../networks/lower.js';
import { loadSource } from '../../../sweep/source.js';

const { CHEETAH_MODELS: models = '', CHEETAH_DATA: data = '' } = process.env;
const path = (...parts: string[]): string => join(models, ...parts);
const absent = data === '' || models === '' || !existsSync(path('mlperf-tiny', 'ic_resnet8_float.tflite'));

describe.skipIf(absent)(
  'a published float file (skipped: set CHEETAH_MODELS and CHEETAH_DATA to folders with it and its images)',
  () => {
    it('ic_resnet8_float has its accuracy on raw pixels where weights are taken', async () => {
      const { dataset, network, parameters, validation, trainedOn } = await loadSource({
        network: undefined,
        weights: path('mlperf-tiny', 'ic_resnet8_float.tflite'),
        dataset: 'cifar-10:raw',
        table: undefined,
        directory: data,
        load: { train: 10, test: 1000 },
      });
      expect([validation, trainedOn]).toEqual([undefined, undefined]);
      const plan = compileFloat(lower(network, parameters!), { batch: 50 });
      const { predictions } = evaluatePlan(plan, dataset, dataset.test);
      const classes = readFileSync(path('golden', 'ic_resnet8_float', 'cifar10.predictions.bin'));
      expect([...predictions]).toEqual([...classes.subarray(0, 1000)]);
    });
  },
);
