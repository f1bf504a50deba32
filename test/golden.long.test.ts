import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, it } from 'vitest';
import * as golden from './golden-vectors.js';

let folder = '';

beforeAll(async () => {
  folder = await golden.makeFolder();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('golden vectors', () => {
  it.each([
    ['posit7es2', 'rounding'],
    ['float8e4m3fnuz', 'linear:max'],
    ['pow2val5', 'linear:mse'],
    ['posit5es0', 'linear:max'],
    ['posit8es2', 'linear:kl'],
    ['float8e4m3', 'linear:mse'],
    ['float8e5m2', 'linear:percentile99.9'],
    ['float6e3m2f', 'rounding'],
    ['affine6s', 'linear:mse'],
    ['affine4', 'linear:kl'],
    ['pow2int7', 'linear'],
    ['fixed6q3', 'rounding'],
  ])('an independent program recomputes every code of %s under %s', async (format, quantizer) => {
    await golden.expectRecomputed(folder, format, quantizer);
  });
});
