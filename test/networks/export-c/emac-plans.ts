/** Compiled emac networks of random or trained weights, their programs, and what the plans say of the same images. */
import { expect } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { DEFAULT_CHOICES, type LayerChoices } from '../../../emac/layer/choices.js';
import { NEAREST_EVEN, type Rounding } from '../../../formats/format.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileEmac, type EmacPlan } from '../../../networks/dataflows/emac.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { emacProgram } from '../../../networks/export-c/c/emac-program.js';
import { exportedEmac } from '../../../networks/export-c/emac/export.js';
import type { ExportedEmac } from '../../../networks/export-c/emac/integers.js';
import { lower } from '../../../networks/lower.js';
import type { Network, Parameters } from '../../../networks/network.js';
import { initialParameters } from '../../../networks/parameters.js';
import { elementsOf } from '../../../networks/tensor.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';
import { COMPILERS, outputsOf } from './compiled.js';

export interface Wanted {
  readonly format: string;
  readonly weights?: string;
  readonly quantizer?: string;
  readonly granularity?: 'tensor' | 'channel';
  readonly rounding?: Partial<Rounding>;
  readonly choices?: Partial<LayerChoices>;
  readonly batch?: number;
}

export function randomImages(network: Network, count: number): Float32Array {
  const stream = new Stream(9, 'dataset');
  return Float32Array.from({ length: count * elementsOf(network.input) }, () => 4 * stream.uniform() - 1.5);
}

/** Scales are set by the images, biases are not 0. */
export function planOf(network: Network, wanted: Wanted, images: Float32Array, given?: Parameters): EmacPlan {
  const parameters = given ?? withBiases(initialParameters(network, 5));
  const program = lower(network, parameters);
  const count = Math.min(images.length / elementsOf(network.input), 16);
  const calibration = collectHistograms(compileFloat(program, { batch: count }), [{ images, count }]);
  const { format, weights = format, granularity = 'tensor', quantizer = 'linear:mse' } = wanted;
  const table = makeEncodings(program, calibration, {
    assignment: parseAssignment({ weights, activations: format, layers: {} }),
    quantizer: parseQuantizer(quantizer),
    rounding: { ...NEAREST_EVEN, ...wanted.rounding },
    granularity,
  });
  const choices = { ...DEFAULT_CHOICES, ...wanted.choices };
  return compileEmac(program, table, choices, { batch: wanted.batch ?? count });
}

function withBiases(parameters: Parameters): Parameters {
  const stream = new Stream(10, 'dataset');
  for (const [name, { data }] of parameters) {
    if (name.endsWith('.bias')) data.set(Float32Array.from(data, () => stream.uniform() - 0.5));
  }
  return parameters;
}

export function exportedOf(plan: EmacPlan): ExportedEmac {
  return exportedEmac(plan, plan.inCodes!());
}

/** The codes of every edge are outputs too. */
export function everyEdge(network: ExportedEmac): ExportedEmac {
  return { ...network, outputs: network.steps.map(({ output }) => output) };
}

export function textOf(network: ExportedEmac): string {
  return emacProgram(network, 'network').text;
}

/** Compiles and runs the program on the plan's input codes of the images; every byte of its codes is the plan's. Returns the sums. */
export function comparedCodes(
  folder: string,
  plan: EmacPlan,
  network: ExportedEmac,
  images: Float32Array,
  flags: readonly string[],
): BigInt64Array[] {
  const { size } = plan.program.edges[0]!;
  const count = images.length / size;
  const codes = network.outputs.map(() => [] as Uint8Array[]);
  const predictions: number[] = [];
  const records: Uint8Array[] = [];
  for (let first = 0; first < count; first += plan.batch) {
    const some = Math.min(plan.batch, count - first);
    const outcome = plan.run(images.subarray(first * size), some, first);
    predictions.push(...outcome.predictions.subarray(0, some));
    records.push(Uint8Array.from(plan.codes(0, some)));
    network.outputs.forEach((tensor, i) => {
      if (tensor < plan.program.edges.length) codes[i]!.push(Uint8Array.from(plan.codes(tensor, some)));
    });
  }
  const sums: BigInt64Array[] = [];
  for (const compiler of COMPILERS) {
    const got = outputsOf(folder, textOf(network), Buffer.concat(records), flags, compiler);
    sums.length = 0;
    let at = 0;
    const all = codes.map((parts) => Buffer.concat(parts));
    for (let image = 0; image < count; image++) {
      network.outputs.forEach((tensor, i) => {
        const { size: length, type, name } = network.tensors[tensor]!;
        const bytes = length * (type === 'int64' ? 8 : 1);
        const own = got.subarray(at, at + bytes);
        at += bytes;
        if (type === 'int64') sums.push(new BigInt64Array(Uint8Array.from(own).buffer));
        else {
          const same = own.equals(all[i]!.subarray(image * length, (image + 1) * length));
          expect(same, `${compiler} image ${image} ${name}`).toBe(true);
        }
      });
    }
    expect(at).toBe(got.length);
    if (sums.length > 0) expect(sums.map(firstLargest)).toEqual(predictions);
  }
  return sums;
}

function firstLargest(sums: BigInt64Array): number {
  return sums.reduce((best, sum, i) => (sum > sums[best]! ? i : best), 0);
}
