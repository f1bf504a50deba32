import { describe, expect, it } from 'vitest';
import { namedWeights } from '../../networks/files/named-weights.js';
import { networkNames, registerNetwork } from '../../networks/zoo/registry.js';
import { performed } from './in-process.js';

describe('cheetah networks', () => {
  it('lists every network of the zoo with what it takes and how large it is', async () => {
    const { out, code } = await performed(['networks']);
    expect(code).toBe(0);
    const [networks, weights] = out.trimEnd().split('\n\n');
    const lines = networks!.split('\n').slice(2);
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(new Set(networkNames()));
    expect(out).toMatch(/^lenet5 +28×28×1 +10 +61,706 +416,520$/m);
    expect(out).toMatch(/^mlp4 +32×32×3 +10 +640,260 +639,900$/m);
    expect(out).toMatch(/^resnet8 +32×32×3 +10 +78,666 +12,501,632$/m);
    expect(out).toMatch(/^mlp-tiny +4 +3 +243 +216$/m);
    const names = weights!
      .split('\n')
      .slice(2)
      .map((line) => line.split(' ')[0]);
    expect(names).toEqual(namedWeights());
    expect(weights).toMatch(/^mlp-tiny-iris-3 +mlp-tiny +iris +100 +96\.00 \[86\.54, 98\.90\] +50 +yes$/m);
  });

  it('gives the same as JSON', async () => {
    const { out } = await performed(['networks', '--json']);
    const listed = JSON.parse(out) as { name: string; uses: object[]; weights: { name: string }[] }[];
    expect(listed.map(({ name }) => name)).toEqual(networkNames());
    expect(listed.find(({ name }) => name === 'conv1d-tiny')!.uses).toEqual([
      { input: [196, 1], classes: 10, parameters: 25_050, macs: 29_648 },
    ]);
    const { weights } = listed.find(({ name }) => name === 'mlp-tiny')!;
    expect(weights.find(({ name }) => name === 'mlp-tiny-iris-3')).toEqual({
      name: 'mlp-tiny-iris-3',
      network: 'mlp-tiny',
      dataset: 'iris',
      seed: 3,
      epochs: 100,
      accuracy: 0.96,
      accuracyLow: expect.closeTo(0.8654, 4),
      accuracyHigh: expect.closeTo(0.989, 4),
      testImages: 50,
      command: 'cheetah train --recipe mlp-tiny-iris --seed 3',
      here: 'yes',
    });
  });

  it('says of a network of one’s own what it was registered with, or n/a', async () => {
    const build = (input: readonly number[], classes: number) => ({
      name: 'line',
      input,
      classes,
      nodes: [
        {
          name: 'out',
          operator: { type: 'dense', units: classes, bias: 'bias' } as const,
          inputs: ['input'],
        },
      ],
    });
    registerNetwork('line', build, [{ input: [7], classes: 2 }]);
    registerNetwork('other', build);
    const { out } = await performed(['networks']);
    expect(out).toMatch(/^line +7 +2 +16 +14$/m);
    expect(out).toMatch(/^other +n\/a +n\/a +n\/a +n\/a$/m);
  });

  it('takes no names', async () => {
    const { complaint, code } = await performed(['networks', 'lenet5']);
    expect([complaint, code]).toEqual([expect.stringMatching(/lenet5/), 1]);
  });
});
