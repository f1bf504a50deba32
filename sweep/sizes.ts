/** Sizes of a network in a format: what a row says of memory and work. */
import type { EncodingTable, MacStep, Program } from '../networks/program.js';

/** What integer schemes store a bias in (Jacob et al. 2018, §2.4), taken for all formats alike. */
const BIAS_BITS = 32;

function macSteps(program: Program): MacStep[] {
  return program.steps.filter((step) => step.kind === 'mac');
}

/** Weights and biases. */
export function parametersOf(program: Program): number {
  return macSteps(program).reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);
}

/** Multiply-accumulates of one inference. */
export function macsOf(program: Program): number {
  return macSteps(program).reduce(
    (sum, { k, outChannels, window }) => sum + k * outChannels * window.outHeight * window.outWidth,
    0,
  );
}

/** Packed bits of the weights, each layer in its own format; biases are counted as 32 bits each. */
export function parameterBits(program: Program, table: EncodingTable): number {
  return macSteps(program).reduce((sum, { name, weights, bias }) => {
    const { bits } = table.weights.get(name)!.format;
    return sum + weights.length * bits + bias.length * BIAS_BITS;
  }, 0);
}
