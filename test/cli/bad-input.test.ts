import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../networks/files/model.js';
import { encodeSafetensors } from '../../networks/files/safetensors.js';
import { initialParameters } from '../../networks/parameters.js';
import { getNetwork } from '../../networks/zoo/registry.js';
import { complaintOf } from './in-process.js';
import { cheetah } from './run-cheetah.js';

let folder = '';
const at = (...parts: string[]): string => join(folder, ...parts);

const SPEC = `name: bad
dataset: strokes
testImages: 20
network: mlp4
training: { epochs: 1, trainImages: 50 }
format: [posit8es1]
calibrationImages: 20
`;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-bad-'));
  const network = getNetwork('mlp4', [28, 28, 1], 10);
  const parameters = initialParameters(network, 0);
  await saveModel(at('model'), { network, parameters });
  writeFileSync(at('cut.safetensors'), Buffer.from(encodeSafetensors(parameters)).subarray(0, 5000));
  const first = [...parameters.values()][0]!;
  first.data[3] = Number.NaN;
  writeFileSync(at('nan.safetensors'), encodeSafetensors(parameters));
  mkdirSync(at('data', 'mnist'), { recursive: true });
  // an IDX header that promises 60,000 images, and ten bytes of them
  const header = Buffer.alloc(26);
  for (const [i, word] of [2051, 60_000, 28, 28].entries()) header.writeUInt32BE(word, 4 * i);
  for (const name of ['train-images-idx3-ubyte', 't10k-images-idx3-ubyte']) {
    writeFileSync(at('data', 'mnist', name), header);
  }
  for (const name of ['train-labels-idx1-ubyte', 't10k-labels-idx1-ubyte']) {
    writeFileSync(at('data', 'mnist', name), Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 5]));
  }
  const specs: Record<string, string> = {
    good: SPEC,
    unknown: SPEC.replace('posit8es1', 'posit8ez1'),
    malformed: `${SPEC}quantisers: [rounding]\n`,
    broken: 'name: [',
    mnist: SPEC.replace('strokes', 'mnist'),
    dataset: SPEC.replace('strokes', 'strokse'),
    itself: SPEC.replace('[posit8es1]', '&all [*all]'),
    empty: '',
    nameless: SPEC.replace('name: bad\n', ''),
    network: SPEC.replace('mlp4', 'lenet9'),
    cost: `${SPEC}cost: nangate\n`,
    layer: SPEC.replace(
      '[posit8es1]',
      '[{ weights: posit8es1, activations: posit8es1, layers: { dense9: { weights: affine8 } } }]',
    ),
  };
  for (const [name, text] of Object.entries(specs)) writeFileSync(at(`${name}.yaml`), text);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bad input gives one line and a non-zero exit', () => {
  const evaluate = ['evaluate', 'posit8es1', '--test-images', '20', '--calibration-images', '20'];
  it.each<[string, () => readonly string[], RegExp]>([
    ['an impossible format', () => ['encode', 'posit1es0', '0.3'], /posit1es0.*2/],
    ['an unknown format in a spec', () => ['sweep', at('unknown.yaml')], /format\[0\].*posit8ez1/],
    ['a spec that is not YAML', () => ['sweep', at('broken.yaml')], /not YAML or JSON/],
    ['a spec that is not there', () => ['sweep', at('absent.yaml')], /does not exist/],
    ['a folder as a spec', () => ['sweep', folder], /is a directory, not a file/],
    ['an unknown data set', () => ['sweep', at('dataset.yaml')], /strokse/],
    ['an unknown network', () => ['sweep', at('network.yaml')], /lenet9.*lenet5/],
    ['an unknown cost source', () => ['sweep', at('cost.yaml')], /nangate.*library45/],
    ['a layer the network does not have', () => ['sweep', at('layer.yaml')], /dense9/],
    ['a missing data directory', () => ['sweep', at('mnist.yaml'), '--data', at('nowhere')], /nowhere/],
    ['no data directory at all', () => ['sweep', at('mnist.yaml')], /mnist/],
    [
      'a truncated IDX file',
      () => ['sweep', at('mnist.yaml'), '--data', at('data')],
      /idx|IDX|bytes|truncated/,
    ],
    [
      'an --out that is a directory',
      () => ['sweep', at('good.yaml'), '--out', at('model')],
      /is a directory/,
    ],
    [
      'an --out below a file',
      () => ['sweep', at('good.yaml'), '--out', at('good.yaml', 'x.csv')],
      /cannot be written: a part of its path is a file/,
    ],
    [
      'a spec below a file',
      () => ['sweep', at('good.yaml', 'x.yaml')],
      /does not exist: a part of its path is a file/,
    ],
    ['a spec that holds itself', () => ['sweep', at('itself.yaml')], /format\[0\] .*holds itself/],
    ['an empty spec', () => ['sweep', at('empty.yaml')], /is empty; a spec is fields/],
    ['a spec without a name', () => ['sweep', at('nameless.yaml')], /name is missing; give/],
    [
      'vectors below a file',
      () => [
        'evaluate',
        'posit8es1',
        '--test-images',
        '1',
        '--weights',
        at('model'),
        '--vectors',
        at('good.yaml'),
      ],
      /vectors.safetensors cannot be written/,
    ],
    [
      'workers, which are threads',
      () => ['sweep', at('good.yaml'), '--workers', '2'],
      /--workers is called --threads/,
    ],
    ['images of evaluate', () => [...evaluate, '--images', '2'], /--images is called --test-images/],
    [
      'images of layers',
      () => ['layers', '--images', '2'],
      /--images is called --test-images or --calibration-images;/,
    ],
    ['formats of layers', () => ['layers', '--formats', 'int8'], /--formats is called --format/],
    ['a slice', () => ['notebook', 'run', 'x.ts', '--slice', '2'], /--slice is called --train-images/],
    ['no threads', () => ['sweep', at('good.yaml'), '--threads', '0'], /--threads 0/],
    ['resume and fresh at once', () => ['sweep', at('good.yaml'), '--resume', '--fresh'], /resume.*fresh/],
    [
      'a layer without a format',
      () => [...evaluate, '--weights', 'm', '--layer', 'conv1'],
      /--layer conv1: give/,
    ],
    [
      'a layer given twice',
      () => [...evaluate, '--weights', 'm', '--layer', 'a=int8', '--layer', 'a=int4'],
      /--layer a is given twice/,
    ],
    ['weights that are not there', () => [...evaluate, '--weights', at('gone')], /gone.*no such directory/],
    [
      'weights that are a file of another kind',
      () => [...evaluate, '--weights', at('good.yaml')],
      /good\.yaml: that is a file of another kind; give/,
    ],
    [
      'weights that are NaN',
      () => [...evaluate, '--network', 'mlp4', '--weights', at('nan.safetensors')],
      /element 3 is NaN/,
    ],
    [
      'weights of another network',
      () => [...evaluate, '--network', 'lenet5', '--weights', at('model')],
      /mlp4.*lenet5/,
    ],
    [
      'a data set of another shape',
      () => [...evaluate, '--weights', at('model'), '--dataset', 'iris'],
      /iris/,
    ],
    [
      'a pair that cannot be',
      () => ['evaluate', 'affine8', '--quantizer', 'rounding', '--weights', at('model')],
      /affine under rounding/,
    ],
    [
      'an unknown mode',
      () => [...evaluate, '--weights', at('model'), '--mode', 'nearest'],
      /--mode .*nearest-even/,
    ],
    [
      'vectors of no codes',
      () => [...evaluate, '--weights', at('model'), '--dataflow', 'simulated', '--vectors', at('v')],
      /emac/,
    ],
    [
      'vectors of too many images',
      () => [
        'evaluate',
        'posit8es1',
        '--weights',
        at('model'),
        '--test-images',
        '1000',
        '--vectors',
        at('v'),
      ],
      /1 to 64/,
    ],
  ])('%s', async (_, args, message) => {
    const line = await complaintOf(args(), folder);
    expect(line).toMatch(message);
    expect(line).toMatch(/^cheetah: (?!internal error)[^\n]+$/);
  });

  it.each<[string, () => readonly string[], RegExp, string]>([
    ['an unknown format', () => ['encode', 'posti8es1', '0.3'], /posti8es1/, ''],
    [
      'a malformed spec',
      () => ['sweep', at('malformed.yaml')],
      /quantisers.*did you mean quantizer or requantizer or requantize\?/,
      '',
    ],
    [
      'weights that are cut',
      () => [...evaluate, '--network', 'mlp4', '--weights', at('cut.safetensors')],
      /cut\.safetensors/,
      '',
    ],
    [
      'a K too large for the accumulator',
      () => ['dot', 'posit8es1', '--width', '32'],
      /K = .*32/,
      '40 40 40 40\n',
    ],
  ])('%s, as a process', (_, args, message, input) => {
    const { code, out, err } = cheetah(args(), { cwd: folder, input });
    expect(err).toMatch(message);
    expect(err).toMatch(/^cheetah: (?!internal error)[^\n]+\n$/);
    expect([code, out]).toEqual([1, '']);
  });
});
