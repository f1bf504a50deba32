import { describe, it } from 'vitest';
import { expectNothingAllocated } from './allocations.js';

describe('a run of a plan allocates nothing', () => {
  it.each([
    'lenet5 float8e4m3',
    'mlp4 posit8es2',
    'lenet5 float16',
    'resnet8 affine8',
    'resnet8 posit8es1',
    'densenet-tiny float8e4m3fn',
    'densenet-tiny affine8',
    'mobilenet-tiny float8e4m3fn',
    'mobilenet-tiny pow2int8',
  ])('%s', expectNothingAllocated);
});
