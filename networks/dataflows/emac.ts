/**
 * The emac dataflow: codes on every edge, exact multiply-accumulates, one rounding a layer (docs/numerics.md §4).
 */

import type { TierCounts } from '../../emac/certified/mac.js';
import type { LayerChoices } from '../../emac/choices.js';
import type { MacFacts } from '../../emac/cost/facts.js';
import type { Codes } from '../../emac/layer.js';
import { UserError } from '../../errors.js';
import { createKernels, type Kernels } from '../../kernels/loader.js';
import { decodeTensor } from '../../quantizers/encoder.js';
import type { Encoding } from '../../quantizers/encoding.js';
import type { Outcome, Plan } from '../plan.js';
import type { EncodingTable, MacStep, Program, Step } from '../program.js';
import { EmacAveragePool } from './emac-average-pool.js';
import { InputEncoder } from './emac-input.js';
import { EmacJoin } from './emac-join.js';
import { AccumulatorLogits, predictFromCodes } from './emac-logits.js';
import { EmacMac } from './emac-mac.js';
import { EmacMaxPool } from './emac-max-pool.js';
import { type CodeCounts, CodeTensor } from './emac-tensor.js';

export type EmacStep = EmacMac | EmacMaxPool | EmacAveragePool | EmacJoin;

export interface EmacPlan extends Plan {
  readonly dataflow: 'emac';
  /** Codes on an edge after the last run, count × edge size; a view that the next run overwrites. */
  codes(edge: number, count: number): Codes;
  /** By edge: codes at the ends of the range, at ±minpos and at zero, summed over every run. */
  counts(): ReadonlyMap<string, CodeCounts>;
  /** What the cost model is told, one entry a mac layer. */
  macFacts(): MacFacts[];
  /** The compiled steps in order: encodings, codes of weights, s and b of every layer. */
  steps(): readonly EmacStep[];
  /** Outputs decided by each tier, by mac layer; exact accumulators only. */
  tierCounts(): ReadonlyMap<string, TierCounts>;
  /** Adds that overflowed wrapping or saturating accumulators. */
  overflows(): number;
}

/**
 * Compiles a program for batches of up to `batch` images, on a heap of its own or on `kernels`, which the caller
 * clears between plans. Throws UserError where an edge or layer has no
 * encoding, a max-pool's two edges have different ones, or a choice does not fit the formats.
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
  const steps = program.steps.map((step) => compileStep(step));
  const last = steps.at(-1)!;
  const accumulatorLogits =
    choices.logits === 'accumulator' ? new AccumulatorLogits(lastMac(last)) : undefined;
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };

  function compileStep(step: Step): EmacStep {
    switch (step.kind) {
      case 'mac': {
        const weights = encodingOf(table.weights, step.name, 'weights of layer');
        return new EmacMac(
          kernels,
          step,
          tensors[step.input]!,
          tensors[step.output]!,
          weights,
          choices,
          step.output,
        );
      }
      case 'pool':
        if (step.pooling === 'average') {
          return new EmacAveragePool(step, tensors[step.input]!, tensors[step.output]!, choices, step.output);
        }
        requireSameEncoding(tensors[step.input]!, tensors[step.output]!, step.name);
        return new EmacMaxPool(kernels, step, tensors[step.input]!, tensors[step.output]!);
      case 'add':
        return new EmacJoin(
          step,
          step.inputs.map((edge) => tensors[edge]!),
          tensors[step.output]!,
          choices,
          step.output,
        );
      case 'activation':
        return new EmacJoin(step, [tensors[step.input]!], tensors[step.output]!, choices, step.output);
      default:
        return step satisfies never;
    }
  }

  function macs(): EmacMac[] {
    return steps.filter((step) => step instanceof EmacMac);
  }

  return {
    dataflow: 'emac',
    program,
    batch,
    run(images, count, firstImage = 0) {
      if (count > batch)
        throw new UserError(
          `a run of ${count} images was asked of a plan for ${batch}; compile it with a larger batch`,
        );
      input.run(images, count, firstImage);
      tensors[0]!.observe(count);
      for (const step of steps) {
        step.run(count, firstImage);
        step.output.observe(count);
      }
      if (accumulatorLogits) accumulatorLogits.predict(count, outcome);
      else predictFromCodes(tensors[program.output]!, count, program.classes, outcome);
      return outcome;
    },
    edgeValues: (edge, count) => decodeTensor(tensors[edge]!.codes(count), tensors[edge]!.encoding),
    codes: (edge, count) => tensors[edge]!.codes(count),
    counts: () => new Map(tensors.map((tensor) => [tensor.edge.name, tensor.counts])),
    macFacts: () => macs().flatMap((mac) => macFacts(mac)),
    steps: () => steps,
    tierCounts() {
      const counted = macs().map((mac) => [mac.step.name, mac.tierCounts()] as const);
      return new Map(counted.filter((entry): entry is [string, TierCounts] => entry[1] !== undefined));
    },
    overflows: () => macs().reduce((sum, mac) => sum + mac.overflows(), 0),
  };
}

function encodingOf(encodings: ReadonlyMap<string, Encoding>, name: string, what: string): Encoding {
  const encoding = encodings.get(name);
  if (!encoding) throw new UserError(`${what} '${name}' has no encoding; calibrate it or assign it a format`);
  return encoding;
}

function requireSameEncoding(a: CodeTensor, b: CodeTensor, name: string): void {
  const same =
    a.encoding.format.name === b.encoding.format.name &&
    a.encoding.scales[0] === b.encoding.scales[0] &&
    a.encoding.zeroPoint === b.encoding.zeroPoint;
  if (!same)
    throw new UserError(
      `max-pool '${name}' moves codes unchanged: give its input and its output one encoding`,
    );
}

function lastMac(step: EmacStep): EmacMac {
  if (step instanceof EmacMac && step.step.groups === 1 && step.output.edge.shape.length === 1) return step;
  throw new UserError(`logits 'accumulator' needs a dense layer at the end; use logits 'rounded'`);
}

/** A layer as the cost model sees it; every group is a layer of its own. */
function macFacts(mac: EmacMac): MacFacts[] {
  const step: MacStep = mac.step;
  const pixels = step.window.outHeight * step.window.outWidth;
  return mac.layers.map((layer) => {
    const zeroPoints = [layer.weights, layer.activations].some((encoding) => encoding.zeroPoint !== 0);
    return {
      name: step.name,
      weightFormat: layer.weights.format,
      activationFormat: layer.activations.format,
      outputFormat: layer.output.format,
      k: layer.k,
      outputs: pixels * layer.outChannels,
      accumulator: layer.choices.accumulator,
      multiplier: multiplierKind(layer.multipliers),
      scaleBits: layer.choices.scaleBits,
      zeroPoints: zeroPoints ? 'some' : 'none',
      largestBias: layer.bias.reduce((most, b) => ((b < 0n ? -b : b) > most ? (b < 0n ? -b : b) : most), 0n),
    };
  });
}

function multiplierKind(
  multipliers: readonly { numerator: bigint; denominator: bigint }[],
): MacFacts['multiplier'] {
  if (multipliers.every((s) => s.numerator === s.denominator)) return 'none';
  const power = (n: bigint) => (n & (n - 1n)) === 0n;
  // in lowest terms a power of two has a power of two on both sides; common factors here are powers of two too
  return multipliers.every((s) => power(s.numerator) && power(s.denominator)) ? 'shift' : 'multiply';
}
