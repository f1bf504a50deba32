import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { performed } from './in-process.js';
import { writeSmallNetwork } from './small-network.js';

const cwd = mkdtempSync(join(tmpdir(), 'cheetah-zeros-'));
afterAll(() => rmSync(cwd, { recursive: true, force: true }));
const cheetah = (...args: string[]) => performed(args, { cwd });
const zeros = (...args: string[]) =>
  cheetah('zeros', 'm', '--calibration-images', '64', '--test-images', '70', ...args);
type Plain = Record<string, string | number>;
const records = async (...args: string[]) => JSON.parse((await zeros('--json', ...args)).out) as Plain[];

beforeAll(async () => {
  const network = writeSmallNetwork(cwd);
  const images = ['--train-images', '400', '--test-images', '80'];
  const words = ['train', '--network', network, '--dataset', 'strokes', ...images];
  expect((await cheetah(...words, '--epochs', '1', '--out', 'm')).code).toBe(0);
});

describe('cheetah zeros', () => {
  it('finds the zeros that a ReLU makes, in every format alike, and none in a posit that flushes nothing', async () => {
    const found = await records('--format', 'posit8es1,affine8', '--simd', '1,2');
    const one = (format: string, operands: string, simd: number) =>
      found.filter(
        (record) => record.format === format && record.operands === operands && record.simd === simd,
      );
    const posit = one('posit8es1', 'values', 1);
    expect(posit.map(({ layer }) => layer).at(-1)).toBe('all layers');
    expect(posit.map(({ zero_weights }) => zero_weights)).toEqual(posit.map(() => 0));
    for (const [at, record] of one('posit8es1', 'values', 2).entries()) {
      expect(Number(record.zero_activations)).toBeLessThanOrEqual(Number(posit[at]!.zero_activations));
      expect(Number(record.independent)).toBeLessThanOrEqual(Number(posit[at]!.zero_activations));
    }
    const affine = one('affine8', 'values', 1);
    expect(affine.map(({ layer }) => layer)).toEqual(posit.map(({ layer }) => layer));
    for (const [at, record] of affine.entries()) {
      expect(Number(record.zero_activations)).toBeGreaterThanOrEqual(Number(posit[at]!.zero_activations));
    }
  });

  it('shows that a zero point that is no zero leaves nothing to skip', async () => {
    const found = await records(
      '--format',
      'affine8s/affine8',
      '--dataflow',
      'integer-tflite',
      '--simd',
      '1',
    );
    // after a ReLU int8 has its zero point at -128: the code 0 is a number in the middle of the range
    const hidden = found.filter(({ zero_point_activations }) => zero_point_activations === -128);
    const [values, codes] = [
      hidden.filter(({ operands }) => operands === 'values'),
      hidden.filter(({ operands }) => operands === 'codes'),
    ];
    expect(values.length).toBeGreaterThan(0);
    for (const [at, record] of values.entries()) {
      expect(Number(record.zero_activations)).toBeGreaterThan(0.2);
      expect(Number(codes[at]!.zero_activations)).toBeLessThan(0.05);
      expect([record.cycles_before, codes[at]!.cycles_before]).toEqual([8, 7]);
    }
  });

  it('counts the weights that run, which Yao et al. quantize by themselves', async () => {
    // with 4 bits a weight in seven or more is below half a step
    const narrow = ['--format', 'pow2int4', '--quantizer', 'linear:yao', '--dataflow', 'integer-yao'];
    const whole = (await records(...narrow)).find(({ layer, simd }) => layer === 'all layers' && simd === 1)!;
    expect(Number(whole.zero_weights)).toBeGreaterThan(0.05);
  });

  it('writes a table and CSV of the same records', async () => {
    const text = await zeros('--format', 'fixed8', '--simd', '1');
    expect(text.out).toMatch(/fixed8q0 +\S+ +values +1/);
    expect(text.out).toContain('all layers');
    const csv = (await zeros('--format', 'fixed8', '--simd', '1', '--csv')).out.trim().split('\n');
    expect(csv[0]).toMatch(/^format,quantizer,granularity,dataflow,layer,operands,/);
    expect(csv).toHaveLength(1 + (await records('--format', 'fixed8', '--simd', '1')).length);
  });

  it.each([
    [['--simd', '0'], '--simd 0; give a whole number from 1 to 64'],
    [['--simd', 'many'], '--simd many; give a whole number from 1 to 64'],
    [['--mac-share', '0'], 'use more than 0, at most 1'],
    [['--dataflow', 'float'], 'has no codes'],
  ])('refuses %j', async (options, message) => {
    const ran = await zeros(...options);
    expect(ran.code).not.toBe(0);
    expect(ran.complaint).toContain(message);
  });
});
