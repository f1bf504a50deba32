/**
 * Golden vectors of the integer dataflows, recomputed: the part of the independent program (golden-program.ts) that reads plans of
 * integers. It imports nothing of the project, on purpose.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTensors } from './golden-files.js';
import { fractionOf } from './golden-fractions.js';
import {
  type IntegerEdge,
  type IntegerStepFile,
  integerCodes,
  integerImageCodes,
} from './golden-integers.js';
import { describedIn } from './golden-network.js';
import { expectIntegers, expectYao } from './golden-parameters.js';
import { type YaoEdge, type YaoStepFile, yaoCodes, yaoImageCodes } from './golden-yao.js';

type IntegerPlanFile = {
  readonly images: number;
  readonly classes: number;
  readonly predictions: readonly number[];
} & (
  | {
      readonly dataflow: 'integer-tflite' | 'integer-jacob';
      readonly choices: { readonly requantize: string };
      readonly edges: readonly IntegerEdge[];
      readonly steps: readonly IntegerStepFile[];
    }
  | {
      readonly dataflow: 'integer-yao';
      readonly edges: readonly YaoEdge[];
      readonly steps: readonly YaoStepFile[];
    }
);

export interface IntegerCheck {
  readonly compared: number;
  /** Where codes or stated numbers are not what they should be, in words. */
  readonly mismatches: readonly string[];
}

/** Every code from those before it, every stated number from the scales and the description in the folder `model`. */
export function checkIntegers(folder: string, model: string): IntegerCheck {
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as IntegerPlanFile;
  const tensors = readTensors(join(folder, 'vectors.safetensors'));
  const parameters = readTensors(join(model, 'weights.safetensors'));
  const floats = (name: string) => parameters.get(name)?.data;
  const mismatches: string[] = [];
  let compared = 0;
  const expect = (where: string, given: unknown, computed: unknown): void => {
    compared++;
    const [a, b] = [given, computed].map((value) => JSON.stringify(sorted(value)));
    if (a !== b) mismatches.push(`${where}: ${a!.slice(0, 200)}, not ${b!.slice(0, 200)}`);
  };
  const codes = (edge: string) => tensors.get(`edge/${edge}`)!.data;
  const expectCodes = (edge: string, computed: readonly number[]): void => {
    const given = codes(edge);
    expect(`length of ${edge}`, given.length, computed.length);
    computed.forEach((code, i) => {
      compared++;
      if (given[i] !== code) mismatches.push(`code ${i} of ${edge}: ${given[i]}, not ${code}`);
    });
  };
  const weights = (layer: string) => tensors.get(`weights/${layer}`)!.data;
  const common = { described: describedIn(model), images: plan.images, codes, weights, expect };
  const pixels = Array.from(tensors.get('images')!.data, fractionOf);
  const first = plan.edges[0]!.name;
  if (plan.dataflow === 'integer-yao') {
    const edges = new Map(plan.edges.map((edge) => [edge.name, edge]));
    expectCodes(first, yaoImageCodes(pixels, edges.get(first)!));
    const bench = { ...common, edge: (name: string) => edges.get(name)! };
    for (const step of plan.steps) {
      expectCodes(step.output, yaoCodes(step, bench));
      if (step.kind === 'mac') expectYao(step, floats, bench);
    }
  } else {
    const edges = new Map(plan.edges.map((edge) => [edge.name, edge]));
    expectCodes(first, integerImageCodes(pixels, edges.get(first)!));
    const bench = { ...common, dataflow: plan.dataflow, edge: (name: string) => edges.get(name)! };
    for (const step of plan.steps) {
      expectCodes(step.output, integerCodes(step, bench));
      if (step.kind === 'mac') expectIntegers(step, floats, bench);
      if ('requantize' in step && step.requantize.mode !== 'none')
        expect(`mode of ${step.name}`, step.requantize.mode, plan.choices.requantize);
    }
  }
  const logits = codes(plan.steps.at(-1)!.output);
  const classes = Array.from({ length: plan.images }, (_, image) => {
    const own = Array.from(logits).slice(image * plan.classes, (image + 1) * plan.classes);
    return own.indexOf(Math.max(...own));
  });
  expect('predictions', plan.predictions, classes);
  return { compared, mismatches };
}

/** The same with the fields of objects in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, sorted(field)]),
  );
}
