/**
 * The emac dataflow: codes on every edge, exact multiply-accumulates, one rounding a layer (docs/numerics.md §4).
 */

import type { TierCounts } from '../../emac/codes/block.js';
import type { MacFacts } from '../../emac/cost/facts.js';
import type { LayerChoices } from '../../emac/layer/choices.js';
import { UserError } from '../../errors.js';
import type { CodeArray } from '../../formats/code-array.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { decodeTensor } from '../../quantizers/encoder.js';
import { classify } from '../argmax.js';
import { type CodeCounts, checkRun, type GoldenPlan, type Outcome, type Plan } from '../plan.js';
import type { EncodingTable, PadStep, PoolStep, Program, Step } from '../program.js';
import type { StoredTensor } from '../tensor.js';
import type { Dataflow } from './dataflow.js';
import { EmacAveragePool } from './emac-average-pool.js';
import { EmacConcat } from './emac-concat.js';
import { InputEncoder } from './emac-input.js';
import { EmacJoin } from './emac-join.js';
import { AccumulatorLogits, RoundedLogits } from './emac-logits.js';
import { EmacMac } from './emac-mac.js';
import { EmacMaxPool } from './emac-max-pool.js';
import { EmacPad } from './emac-pad.js';
import { CodeTensor } from './emac-tensor.js';
import { encodingOf, sameCodes } from './encoding-of.js';
import { encodingFacts } from './golden.js';

/** A primitive on codes. */
export interface EmacStep {
  readonly output: CodeTensor;
  run(count: number, firstImage: number): void;
  /** What golden vectors say of it. */
  describe(): object;
}

export interface EmacPlan extends Plan {
  /** Codes on an edge after the last run, count × edge size; a view that the next run overwrites. */
  codes(edge: number, count: number): CodeArray;
  /** By edge: codes at the ends of the range, at ±minpos and at zero, summed over every run. */
  counts(): ReadonlyMap<string, CodeCounts>;
  macFacts(): MacFacts[];
  golden(count: number): GoldenPlan;
  /** The layers in order: encodings, codes of weights, s and b of each. */
  macs(): readonly EmacMac[];
  /** Outputs decided by each tier, by mac layer; exact accumulators only. */
  tierCounts(): ReadonlyMap<string, TierCounts>;
  /** Adds that overflowed wrapping or saturating accumulators. */
  overflows(): number;
}

/**
 * Compiles a program for batches of up to `batch` images, on a heap of its own or on `kernels`, which the caller
 * clears between plans. Throws UserError where an edge or layer has no
 * encoding, a max-pool's or a pad's two edges have different ones, or a choice does not fit the formats.
 */
export function compileEmac(
  program: Program,
  table: EncodingTable,
  choices: LayerChoices,
  options: { readonly batch: number; readonly kernels?: Kernels },
): EmacPlan {
  const { batch, kernels = createKernels() } = options;
  const tensors = program.edges.map(
    (edge) => new CodeTensor(kernels, edge, encodingOf(table.edges, edge.name, 'edge'), batch),
  );
  const input = new InputEncoder(kernels, tensors[0]!, choices);
  const macs: EmacMac[] = [];
  const steps = program.steps.map((step) => compileStep({ kernels, table, choices, tensors, macs }, step));
  const last = choices.logits === 'accumulator' ? lastDense(program, macs) : undefined;
  const logits = last
    ? new AccumulatorLogits(last, batch)
    : new RoundedLogits(tensors[program.output]!, batch);
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };

  const plan: EmacPlan = {
    dataflow: NAME,
    logits: last ? 'accumulator' : 'rounded',
    program,
    batch,
    run(images, count, firstImage = 0) {
      checkRun(plan, images, count);
      input.run(images, count, firstImage);
      tensors[0]!.observe(count);
      for (let i = 0; i < steps.length; i++) {
        const step = steps[i]!;
        step.run(count, firstImage);
        step.output.observe(count);
      }
      return classify(logits.of(count), count, program.classes, outcome);
    },
    edgeValues: (edge, count) => decodeTensor(tensors[edge]!.codes(count), tensors[edge]!.encoding),
    codes: (edge, count) => tensors[edge]!.codes(count),
    counts: () => new Map(tensors.map((tensor) => [tensor.edge.name, tensor.counts])),
    macFacts: () => macs.flatMap((mac) => mac.macFacts()),
    macs: () => macs,
    inCodes: () => ({
      choices,
      encodings: tensors.map(({ encoding }) => encoding),
      layers: new Map(macs.map(({ step, layers }) => [step.name, layers])),
    }),
    tierCounts() {
      const counted = macs.map((mac) => [mac.step.name, mac.tierCounts()] as const);
      return new Map(counted.filter((entry): entry is [string, TierCounts] => entry[1] !== undefined));
    },
    overflows: () => macs.reduce((sum, mac) => sum + mac.overflows(), 0),
    tally: () => ({
      overflows: plan.overflows(),
      edges: tensors.map(({ edge, counts }) => [edge.name, { ...counts }] as const),
      tiers: sumTiers([...plan.tierCounts().values()]),
    }),
    golden: (count) => ({
      tensors: new Map([
        ...tensors.map((tensor) => [`edge/${tensor.edge.name}`, codesOf(tensor, count)] as const),
        ...macs.map((mac) => [`weights/${mac.step.name}`, mac.weightCodes()] as const),
      ]),
      edges: tensors.map(({ edge, encoding }) => ({ ...edge, encoding: encodingFacts(encoding) })),
      steps: steps.map((step) => step.describe()),
    }),
  };
  return plan;
}

/** What a plan's steps are compiled with. */
interface Compiling {
  readonly kernels: Kernels;
  readonly table: EncodingTable;
  readonly choices: LayerChoices;
  /** By edge. */
  readonly tensors: readonly CodeTensor[];
  /** The mac layers so far, in order. */
  readonly macs: EmacMac[];
}

function compileStep({ kernels, table, choices, tensors, macs }: Compiling, step: Step): EmacStep {
  const inputs = step.inputs.map((edge) => tensors[edge]!);
  const [from, to] = [inputs[0]!, tensors[step.output]!];
  switch (step.kind) {
    case 'mac': {
      const weights = encodingOf(table.weights, step.name, 'weights of layer');
      const mac = new EmacMac(kernels, step, from, to, weights, choices, step.output);
      macs.push(mac);
      return mac;
    }
    case 'pool':
      if (step.pooling === 'average')
        return new EmacAveragePool(kernels, step, from, to, choices, step.output);
      requireSameEncoding(from, to, step);
      return new EmacMaxPool(kernels, step, from, to);
    case 'concat':
      return new EmacConcat(kernels, step, inputs, to, choices);
    case 'pad':
      requireSameEncoding(from, to, step);
      return new EmacPad(kernels, step, from, to);
    case 'add':
    case 'activation':
      return new EmacJoin(kernels, step, inputs, to, choices, step.output);
    default:
      return step satisfies never;
  }
}

const NAME = 'emac';

export const emacDataflow: Dataflow = {
  name: NAME,
  meaning: 'codes on every edge, exact sums, one rounding a layer',
  encodings: 'every edge and layer',
  fixed: { requantize: 'gemmlowp' },
  compile: compileEmac,
};

function codesOf(tensor: CodeTensor, count: number): StoredTensor {
  return { shape: [count, ...tensor.edge.shape], data: tensor.codes(count).slice() };
}

function sumTiers(layers: readonly TierCounts[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of layers) {
    for (const [tier, count] of Object.entries(counts)) sums[tier] = (sums[tier] ?? 0) + count;
  }
  return sums;
}

function requireSameEncoding(a: CodeTensor, b: CodeTensor, step: PoolStep | PadStep): void {
  if (sameCodes(a.encoding, b.encoding)) return;
  const what = step.kind === 'pool' ? 'max-pool' : step.kind;
  throw new UserError(
    `${what} '${step.name}' moves codes unchanged: give its input and its output one encoding`,
  );
}

/** The dense layer that the network ends in, whose sums are the logits before their rounding. */
function lastDense({ steps }: Program, macs: readonly EmacMac[]): EmacMac | undefined {
  const last = macs.at(-1);
  const isDense =
    last?.step === steps.at(-1) && last?.step.groups === 1 && last.output.edge.shape.length === 1;
  return isDense ? last : undefined;
}
