import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../networks/files.js';
import { initialParameters } from '../networks/parameters.js';
import { parseNetwork } from '../networks/schema.js';
import { getNetwork } from '../networks/zoo/registry.js';
import { checkVectors, exactNumber, readTensors } from './golden-program.js';

/** Weights need not be trained to be computed with: He's first values, LeNet-5 on the built-in images. */
let folder = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-golden-'));
  const network = getNetwork('lenet5', [28, 28, 1], 10);
  const parameters = initialParameters(network, 7);
  for (const [name, { data }] of parameters) {
    if (name.endsWith('.bias')) for (let i = 0; i < data.length; i++) data[i] = ((i % 5) - 2) / 16;
  }
  await saveModel(join(folder, 'model'), { network, parameters });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function vectors(name: string, ...options: string[]): string {
  const out = join(folder, name);
  const model = options.includes('--weights') ? [] : ['--weights', join(folder, 'model')];
  execFileSync(
    process.execPath,
    [
      'dist/cli/main.js',
      ...['evaluate', ...options, ...model],
      ...['--vectors', out, '--images', '2', '--calibration-images', '64'],
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  return out;
}

describe('golden vectors', () => {
  it.each([
    ['posit8es1', 'linear:mse'],
    ['posit7es2', 'rounding'],
    ['posit5es0', 'linear:max'],
    ['float8e4m3', 'linear:mse'],
    ['float6e3m2f', 'rounding'],
    ['float8e4m3fnuz', 'linear:max'],
    ['fixed8q5', 'rounding'],
    ['affine8', 'linear:max'],
    ['affine6s', 'linear:mse'],
    ['pow2int7', 'linear'],
    ['pow2val5', 'linear:mse'],
  ])('an independent program recomputes every code of %s under %s', (format, quantizer) => {
    const out = vectors(`${format}-${quantizer.replace(':', '-')}`, format, '--quantizer', quantizer);
    const { compared, mismatches } = checkVectors(out);
    expect(mismatches.slice(0, 5)).toEqual([]);
    // two images through every edge of LeNet-5, and two predictions
    expect(compared).toBeGreaterThan(2 * 784 + 2 * 4704);
  });

  it('also with one scale a channel, another format of activations and a quantized bias', () => {
    const options = ['--granularity', 'channel', '--activations', 'float7e3m3', '--bias', 'format'];
    const out = vectors('channels', 'posit6es1', ...options, '--scale-bits', '8');
    expect(checkVectors(out).mismatches.slice(0, 5)).toEqual([]);
    const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as {
      steps: { weights?: { scales: string[] } }[];
    };
    expect(plan.steps[0]!.weights!.scales.length).toBeGreaterThan(1);
  });

  it('states one scale for the weights of a grouped layer that has one', async () => {
    const network = parseNetwork(
      {
        ...{ name: 'grouped', input: [28, 28, 1], classes: 10 },
        nodes: [
          {
            name: 'c1',
            operator: { type: 'conv2d', filters: 4, kernel: [3, 3], stride: [3, 3] },
            inputs: ['input'],
          },
          { name: 'c2', operator: { type: 'conv2d', filters: 8, kernel: [3, 3], groups: 4 }, inputs: ['c1'] },
          { name: 'f', operator: { type: 'flatten' }, inputs: ['c2'] },
          { name: 'd', operator: { type: 'dense', units: 10 }, inputs: ['f'] },
        ],
      },
      'the test',
    );
    const model = join(folder, 'grouped');
    await saveModel(model, { network, parameters: initialParameters(network, 3) });
    for (const [granularity, scales] of [
      ['tensor', 1],
      ['channel', 8],
    ] as const) {
      const out = vectors(
        `grouped-${granularity}`,
        'posit8es1',
        '--granularity',
        granularity,
        '--weights',
        model,
      );
      const plan = JSON.parse(readFileSync(join(out, 'plan.json'), 'utf8')) as {
        steps: { name: string; weights: { scales: string[] } }[];
      };
      expect(plan.steps.find(({ name }) => name === 'c2')!.weights.scales.length).toBe(scales);
    }
  });

  it('notices a code that is off by one', () => {
    const out = vectors('altered', 'posit8es1');
    const file = join(out, 'vectors.safetensors');
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<
      string,
      { data_offsets: number[] }
    >;
    const logits = Object.keys(header).find((name) => name.startsWith('edge/dense3'))!;
    bytes[8 + length + header[logits]!.data_offsets[0]!]! ^= 1;
    writeFileSync(file, bytes);
    expect(readTensors(file).size).toBeGreaterThan(5);
    expect(checkVectors(out).mismatches.length).toBeGreaterThan(0);
  });
});

describe('exactNumber', () => {
  it('reads the three ways exact numbers are written', () => {
    expect(exactNumber('-5')).toEqual({ n: -5n, d: 1n });
    expect(exactNumber('6/7')).toEqual({ n: 6n, d: 7n });
    expect(exactNumber('3*2^-2')).toEqual({ n: 3n, d: 4n });
    expect(exactNumber('3*2^2')).toEqual({ n: 12n, d: 1n });
  });
});
