import { describe, it } from 'vitest';
import { type Case, expectSlowCodes, INT8 } from './integer-plans.js';

const CASES: readonly Case[] = [
  ['tflite', INT8, 'channel', 'gemmlowp'],
  ['tflite', INT8, 'tensor', 'single'],
  ['tflite', INT8, 'channel', 'float32'],
  ['jacob', ['affine8', 'affine8'], 'tensor', 'gemmlowp'],
  ['jacob', ['affine8', 'affine8'], 'tensor', 'exact'],
];

describe.each(['resnet8', 'mobilenet-tiny', 'densenet-tiny'])('%s in integers', (name) => {
  it.each(CASES)(
    '%s %j per %s, %s: every code is that of the slow way, and logits are near float32',
    (...one) => {
      expectSlowCodes(name, one);
    },
  );
});
