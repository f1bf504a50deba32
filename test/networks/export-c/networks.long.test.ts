/** Networks of ours in C: random weights, scales from random images. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { type IntegerScheme, integerProgram } from '../../../networks/integer/from-program.js';
import type { IntegerGraph } from '../../../networks/integer/graph.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { elementsOf } from '../../../networks/tensor.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { compared } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED } from './compiled.js';
import { encodedIn } from './schemes.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

function graphOf(name: string, input: readonly number[], scheme: IntegerScheme): IntegerGraph {
  const network = getNetwork(name, input, 10);
  const program = lower(network, initialParameters(network, 5));
  const stream = new Stream(9, 'dataset');
  const count = 4;
  const images = Float32Array.from({ length: count * elementsOf(input) }, () => 4 * stream.uniform() - 1.5);
  return integerProgram(program, encodedIn(scheme, program, images), scheme);
}

describe.skipIf(COMPILERS.length === 0)(`networks of ours in C${NEEDS_CC}`, () => {
  it.each([
    ['lenet5', [28, 28, 1]],
    ['resnet8', [32, 32, 3]],
    ['mobilenet-tiny', [32, 32, 3]],
    ['densenet-tiny', [32, 32, 3]],
  ] as const)('%s has the bytes of our runner under both schemes', (name, input) => {
    for (const [scheme, mode] of [
      ['tflite', 'gemmlowp'],
      ['tflite', 'single'],
      ['jacob', 'gemmlowp'],
      ['jacob', 'exact'],
    ] as const) {
      const values = compared(folder, graphOf(name, input, scheme), mode, OPTIMIZED, 4);
      expect(values, `${scheme} ${mode}`).toBeGreaterThan(8);
    }
  });
});
