/**
 * The Cheetah inference grid of 5 to 8 bits (posits of es 0 to 2, floats of 2 to 4 exponent bits and a fraction,
 * fixed point of every q, rounding and linear, fixed once under linear) on LeNet-5, by the project's own sweep.
 */
import { nameOf } from '../../dist/datasets/dataset.js';
import { packageVersion } from '../../dist/platform/version.js';
import { planSweep } from '../../dist/sweep/plan.js';
import { seedContext } from '../../dist/sweep/prepare.js';
import { checkSpec } from '../../dist/sweep/spec.js';
import { evaluatePoints } from '../../dist/sweep/threads.js';
import type { Bench, Section } from '../bench.js';
import { type BenchRow, significant } from '../rows.js';

const THREADS = 2;
const CALIBRATION_IMAGES = 1000;

async function measure({ effort, models, progress }: Bench): Promise<readonly BenchRow[]> {
  if (effort === 'quick') return [];
  const { dataset, network, parameters } = await models.get('lenet5');
  const spec = checkSpec(
    {
      name: 'grid',
      dataset: dataset.name,
      network: network.name,
      training: {},
      seed: [0],
      format: [
        { posit: { bits: '5..8', es: '0..2' } },
        { float: { bits: '5..8', exponents: '2..4' } },
        { fixed: { bits: '5..8', fraction: 'all' } },
      ],
      quantizer: ['rounding', 'linear'],
      calibrationImages: [CALIBRATION_IMAGES],
    },
    'grid',
  );
  const { points } = planSweep(spec);
  const testImages = dataset.test.count;
  const choices = {
    seed: 0,
    calibrationImages: [CALIBRATION_IMAGES],
    testImages,
    trainedOn: nameOf(dataset),
    // the target is of test images alone
    validation: undefined,
  };
  const from = performance.now();
  const seeds = [seedContext(network, parameters, dataset, choices)];
  let done = 0;
  const failures: string[] = [];
  await evaluatePoints({ dataset, seeds, plugins: [], version: packageVersion() }, points, THREADS, {
    onDone: () => progress.say('grid', ++done / points.length),
    onFailed: (index, message) => void failures.push(`${points[index]!.format.label}: ${message}`),
  });
  if (failures.length > 0) throw new Error(`grid: ${failures[0]}`);
  const seconds = (performance.now() - from) / 1000;
  const images = { network: network.name, dataset: dataset.name, images: testImages };
  return [{ ...images, points: points.length, threads: THREADS, seconds: significant(seconds) }];
}

export const gridSection: Section = {
  name: 'grid',
  title: 'The grid of 5 to 8 bits on LeNet-5, calibration included (s)',
  shown: ['network', 'dataset', 'images', 'points', 'threads', 'seconds'],
  run: measure,
};
