import { describe, expect, it } from 'vitest';
import { networkNames, registerNetwork } from '../../networks/zoo/registry.js';
import { performed } from './in-process.js';

describe('cheetah networks', () => {
  it('lists every network of the zoo with what it takes and how large it is', async () => {
    const { out, code } = await performed(['networks']);
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n').slice(2);
    expect(new Set(lines.map((line) => line.split(' ')[0]))).toEqual(new Set(networkNames()));
    expect(out).toMatch(/^lenet5 +28×28×1 +10 +61,706 +416,520$/m);
    expect(out).toMatch(/^mlp4 +32×32×3 +10 +1,738,890 +1,737,984$/m);
    expect(out).toMatch(/^resnet8 +32×32×3 +10 +78,666 +12,501,632$/m);
    expect(out).toMatch(/^mlp-tiny +4 +3 +243 +216$/m);
  });

  it('gives the same as JSON', async () => {
    const { out } = await performed(['networks', '--json']);
    const listed = JSON.parse(out) as { name: string; uses: object[] }[];
    expect(listed.map(({ name }) => name)).toEqual(networkNames());
    expect(listed.find(({ name }) => name === 'conv1d-tiny')!.uses).toEqual([
      { input: [196, 1], classes: 10, parameters: 25_050, macs: 29_648 },
    ]);
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
