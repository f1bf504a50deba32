/** Layers of products: weights as codes, biases as integers, the rounding as thresholds. */
import { toNumber, toRational } from '../../../arithmetic/float64.js';
import { compare, dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import type { MacLayer } from '../../../emac/layer/layer.js';
import { UserError } from '../../../errors.js';
import type { MacStep } from '../../program.js';
import { commonUnit, requireBytes, valuesOf } from './edges.js';
import type { EmacExportedStep, EmacMacStep, EmacTensor, Thresholds } from './integers.js';
import { largestOn, type Making, requireSum, sumType } from './making.js';
import { integerThresholds } from './thresholds.js';

const MEND =
  'take a format with fewer bits between its smallest and largest value, such as posit8es1 or fixed8';

export function exportedMac(step: MacStep, making: Making): EmacMacStep {
  const { made, largest, thresholds } = products(step, making);
  const { window, groups } = step;
  const isDense =
    groups * window.kernelHeight * window.kernelWidth * window.outHeight * window.outWidth === 1;
  const types = [made.weightValues, made.inputValues].map(({ type }) => type);
  making.codes[step.output] = thresholds.codes;
  return {
    kind: isDense ? 'dense' : 'convolution',
    ...made,
    weightValues: made.weightValues.index,
    inputValues: made.inputValues.index,
    sums: sumType(largest, types),
    thresholds,
  };
}

/** The last layer: its exact sums, in one unit for all channels, and their rounding. `sums` is the index of their tensor. */
export function exportedLogits(
  step: MacStep,
  making: Making,
  sums: number,
): { readonly sums: EmacTensor; readonly made: readonly EmacExportedStep[] } {
  const { made, layers, bounds } = products(step, making);
  if (step.activation !== 'identity') {
    throw new UserError(
      `layer '${step.name}' has ${step.activation}, so that its sums are no logits; give --logits rounded`,
    );
  }
  const output = making.network.encodings[step.output]!;
  const { unit, factors } = commonUnit(layers.flatMap(({ multipliers }) => multipliers));
  const scaled = bounds.map((bound, channel) => bound * factors[channel]!);
  const largest = scaled.reduce(larger);
  requireSum(`layer '${step.name}' in one unit for all channels`, largest, 'give --logits rounded');
  const one = multiply(unit, dyadic(1n, layers[0]!.latticeExponent));
  const { name, shape, size } = making.program.edges[step.output]!;
  const thresholds = integerThresholds(output, 'identity', [one], largest);
  return {
    sums: {
      name: `${name} sums`,
      shape,
      size,
      type: 'int64',
      format: 'integer',
      scale: toNumber(multiply(one, toRational(output.scales[0]!))),
      zeroPoint: 0,
    },
    made: [
      {
        kind: 'dense-sums',
        ...made,
        name: `${step.name} sums`,
        output: sums,
        weightValues: made.weightValues.index,
        inputValues: made.inputValues.index,
        factors: factors.map(String),
      },
      { kind: 'round', name: step.name, inputs: [sums], output: step.output, thresholds },
    ],
  };
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

function products(step: MacStep, making: Making) {
  const { name, inputs, output, window, groups, outChannels, k } = step;
  const { network, tables } = making;
  const layers = network.layers.get(name)!;
  const weights = layers[0]!.weights;
  requireBytes(`layer '${name}'`, weights);
  const codes = layers.flatMap(({ weightCodes }) => [...weightCodes]);
  requireNumbers(name, layers);
  const values = valuesOf(weights);
  const bias = layers.flatMap((layer) => layer.bias);
  const input = largestOn(making, inputs[0]);
  const bounds = bias.map((b, channel) => {
    let sum = 0n;
    for (let i = 0; i < k; i++) sum += magnitude(values[codes[channel * k + i]!]!);
    return sum * input + magnitude(b);
  });
  const largest = bounds.reduce(larger);
  requireSum(`layer '${name}'`, largest, MEND);
  const made = {
    ...{ name, inputs, output, window, groups, outChannels, weights: codes },
    weightValues: tables.indexOf(weights),
    inputValues: tables.indexOf(network.encodings[inputs[0]]!),
    bias: bias.map(String),
  };
  const units = unitsOf(layers);
  const thresholds: Thresholds = integerThresholds(
    network.encodings[output]!,
    step.activation,
    units,
    largest,
  );
  return { made, layers, bounds, largest, thresholds };
}

const magnitude = (x: bigint): bigint => (x < 0n ? -x : x);

/** What a sum of 1 is in quotients of the output: one a channel, or one where all are alike. */
function unitsOf(layers: readonly MacLayer[]): readonly Rational[] {
  const lattice = dyadic(1n, layers[0]!.latticeExponent);
  const units = layers.flatMap(({ multipliers }) => multipliers.map((s) => multiply(s, lattice)));
  return units.every((unit) => compare(unit, units[0]!) === 0) ? units.slice(0, 1) : units;
}

function requireNumbers(name: string, layers: readonly MacLayer[]): void {
  const { format } = layers[0]!.weights;
  for (const { weightCodes } of layers) {
    const wrong = weightCodes.find((code) => format.decode(code).kind !== 'finite');
    if (wrong === undefined) continue;
    throw new UserError(`layer '${name}' has a weight that is no number in ${format.name}, code ${wrong}`);
  }
}
