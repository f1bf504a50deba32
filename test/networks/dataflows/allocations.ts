/** What a run allocates: typed arrays counted as they are made, and how the heap grows. */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileEmac } from '../../../networks/dataflows/emac.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import { getNetwork } from '../../../networks/zoo/registry.js';
import { uniformAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

export const BATCH = 64;
/** Less than an object for every row of a layer would take; more than the numbers that machine code boxes. */
export const BYTES_PER_RUN = 256 * BATCH;

/** Typed arrays and views made while `body` runs, however they are made. */
export function typedArraysMade(body: () => void): number {
  const kinds = ['Int8', 'Uint8', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64', 'BigInt64'];
  const all = globalThis as unknown as Record<string, new (...args: unknown[]) => object>;
  const names = [...kinds.map((kind) => `${kind}Array`), 'ArrayBuffer', 'DataView'];
  const originals = names.map((name) => all[name]!);
  const views = Object.getPrototypeOf(Uint8Array.prototype) as Record<string, (...args: never[]) => object>;
  const methods = ['subarray', 'slice', 'map', 'filter'].map((name) => [name, views[name]!] as const);
  let made = 0;
  for (const [i, name] of names.entries()) {
    all[name] = new Proxy(originals[i]!, {
      construct(target, given) {
        made++;
        return Reflect.construct(target, given) as object;
      },
    });
  }
  for (const [name, method] of methods) {
    views[name] = function (this: unknown, ...args: never[]) {
      made++;
      return method.apply(this, args);
    };
  }
  try {
    body();
  } finally {
    for (const [i, name] of names.entries()) all[name] = originals[i]!;
    for (const [name, method] of methods) views[name] = method;
  }
  return made;
}

/** The least growth of the heap per run of several trials: compilers and collectors add to some. */
export function bytesPerRun(run: () => void): number {
  const trials = Array.from({ length: 8 }, () => {
    collectGarbage();
    const before = getHeapStatistics().used_heap_size;
    for (let i = 0; i < 10; i++) run();
    return (getHeapStatistics().used_heap_size - before) / 10;
  });
  return Math.min(...trials.filter((growth) => growth >= 0));
}

/** Networks of colour images. */
const COLOUR: ReadonlySet<string> = new Set(['resnet8', 'densenet-tiny', 'mobilenet-tiny']);

/** A run of the plan of `network format` (`mlp4 posit8es2`) makes no arrays and no objects. */
export function expectNothingAllocated(name: string): void {
  const [networkName, formatName] = name.split(' ') as [string, string];
  const shape = COLOUR.has(networkName) ? [32, 32, 3] : [28, 28, 1];
  const network = getNetwork(networkName, shape, 10);
  const program = lower(network, initialParameters(network, 3));
  const stream = new Stream(71, 'dataset');
  const images = Float32Array.from({ length: BATCH * shape.reduce((a, b) => a * b) }, () =>
    Math.max(0, stream.uniform() * 2 - 1),
  );
  const histograms = collectHistograms(compileFloat(program, { batch: BATCH }), [{ images, count: BATCH }]);
  const table = makeEncodings(program, histograms, {
    assignment: uniformAssignment(getFormat(formatName)),
    quantizer: parseQuantizer('linear'),
    granularity: 'tensor',
    rounding: NEAREST_EVEN,
  });
  // the exact logits of an image whose rounded ones are tied are fractions, made anew each time
  const choices = { ...DEFAULT_CHOICES, logits: 'rounded' } as const;
  const plan = compileEmac(program, table, choices, { batch: BATCH });
  const run = () => void plan.run(images, BATCH, 0);
  for (let i = 0; i < 20; i++) run();
  expect(typedArraysMade(run)).toBe(0);
  expect(bytesPerRun(run)).toBeLessThan(BYTES_PER_RUN);
}
