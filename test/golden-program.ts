/**
 * An independent program that recomputes every layer's codes from golden vectors (docs/golden-vectors.md), and takes
 * windows and activations from the network's own description, not from the plan it checks: slow and plain, BigInt
 * fractions (golden-fractions.ts), its own readers (golden-files.ts, golden-network.ts), its own formats
 * (golden-formats.ts). It imports nothing of the project, on purpose.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type ConcatFile,
  type EncodingFile,
  type MacFile,
  type PlanFile,
  type PoolFile,
  readTensors,
} from './golden-files.js';
import { knownFormat } from './golden-formats.js';
import { exactNumber, type Fraction, frac, fractionOf, less } from './golden-fractions.js';
import { describedIn, type WindowFile } from './golden-network.js';
import {
  concatCodes,
  finishOf,
  joinCodes,
  macCodes,
  type Operand,
  offsetValues,
  padCodes,
  poolCodes,
} from './golden-steps.js';

export interface Mismatch {
  readonly where: string;
  readonly index: number;
  readonly given: number;
  readonly computed: number;
}

export interface Check {
  readonly compared: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Recomputes every edge's codes from the codes of the edge before it, and the input's from the images. A plan that says
 * otherwise than the description in the folder `model` of a window is a mismatch too.
 */
export function checkVectors(folder: string, model: string): Check {
  const described = describedIn(model);
  const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as PlanFile;
  const tensors = readTensors(join(folder, 'vectors.safetensors'));
  const data = (name: string) => tensors.get(name)!.data;
  const encodings = new Map(plan.edges.map(({ name, encoding }) => [name, encoding]));
  const operand = (edge: string): Operand => ({
    codes: data(`edge/${edge}`),
    values: offsetValues(encodings.get(edge)!),
  });
  const mismatches: Mismatch[] = [];
  /** Of the last layer before its rounding, where it is a mac. */
  const sums: Fraction[] = [];
  let compared = 0;
  const expectAll = (where: string, given: ArrayLike<number>, computed: readonly number[]): void => {
    if (given.length !== computed.length) throw new Error(`${where} has ${given.length} values`);
    computed.forEach((value, index) => {
      compared++;
      if (given[index] !== value) mismatches.push({ where, index, given: given[index]!, computed: value });
    });
  };

  const stepCodes = (step: PlanFile['steps'][number]): number[] => {
    const finish = finishOf(encodings.get(step.output)!, described.activations.get(step.output));
    if (step.kind === 'concat') {
      mismatches.push(...untouchedMismatches(step, encodings));
      return concatCodes(step, plan.images, step.inputs.map(operand), finish);
    }
    if (step.kind === 'pad') {
      return padCodes(described.frames.get(step.name)!, plan.images, operand(step.input), finish);
    }
    if ('inputs' in step) return joinCodes(step, step.inputs.map(operand), finish);
    const window = described.windows.get(step.name)!;
    mismatches.push(...windowMismatches(step, window));
    const input = operand(step.input);
    if (step.kind === 'pool') return poolCodes(step, window, plan.images, input, finish);
    const weights = data(`weights/${step.name}`);
    if (step !== plan.steps.at(-1)) return macCodes(step, window, plan.images, input, weights, finish);
    return macCodes(step, window, plan.images, input, weights, (exact) => {
      sums.push(exact);
      return finish(exact);
    });
  };

  const first = plan.edges[0]!.name;
  expectAll(first, data(`edge/${first}`), imageCodes(plan, data('images')));
  for (const step of plan.steps) expectAll(step.output, data(`edge/${step.output}`), stepCodes(step));
  const last = plan.steps.at(-1)!.output;
  const { codes, values } = operand(last);
  const rounded = Array.from(codes, (code) => values[code]!);
  const logits = plan.choices.logits === 'accumulator' ? sums : rounded;
  expectAll('predictions', plan.predictions, firstLargest(logits, plan.images));
  return { compared, mismatches };
}

/** The codes of the images on the first edge. */
function imageCodes(plan: PlanFile, images: ArrayLike<number>): number[] {
  const { format, scales, zeroPoint } = plan.edges[0]!.encoding;
  const known = knownFormat(format);
  const scale = exactNumber(scales[0]!);
  return Array.from(images, (pixel) => {
    const x = fractionOf(pixel);
    return known.encode(frac(x.n * scale.d, x.d * scale.n), zeroPoint);
  });
}

/** Codes may stay as they are exactly where both encodings say the same of them. */
function untouchedMismatches(
  { name, inputs, output, multipliers }: ConcatFile,
  encodings: ReadonlyMap<string, EncodingFile>,
): Mismatch[] {
  const meaning = (edge: string) => {
    const { format, scales, zeroPoint } = encodings.get(edge)!;
    return JSON.stringify([format, scales[0], zeroPoint]);
  };
  return inputs.flatMap((input, index) => {
    const [given, computed] = [multipliers[index] === 'none', meaning(input) === meaning(output)].map(Number);
    if (given === computed) return [];
    return [{ where: `multipliers of ${name}`, index, given: given!, computed: computed! }];
  });
}

function windowMismatches({ name, window }: MacFile | PoolFile, described: WindowFile): Mismatch[] {
  return (Object.keys(described) as (keyof WindowFile)[]).flatMap((field, index) => {
    const [given, computed] = [window[field], described[field]];
    return given === computed ? [] : [{ where: `${field} of ${name}`, index, given, computed }];
  });
}

/** Each image's class: the first of the largest logits. */
function firstLargest(logits: readonly Fraction[], images: number): number[] {
  const classes = logits.length / images;
  return Array.from({ length: images }, (_, image) => {
    const own = logits.slice(image * classes, (image + 1) * classes);
    return own.reduce((best, logit, c) => (less(own[best]!, logit) ? c : best), 0);
  });
}
