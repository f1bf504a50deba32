/** Multiply-accumulates of an integer graph as the cost model is told of them (docs/cost.md). */
import type { MacFacts } from '../../emac/cost/facts.js';
import { getFormat } from '../../formats/registry.js';
import type { IntegerGraph, IntegerMac, IntegerTensor } from './graph.js';
import { fixedMultiplier, type RequantizeMode, realOf } from './requantize.js';

/** Sums are exact in so many bits: what might not fit is refused before anything runs. */
const SUM_BITS = 32;
const MULTIPLIER_BITS = 31;

/** What kind of hardware requantizes so, or why there is none. */
export type IntegerHardware =
  | { readonly kind: 'multiplier' }
  | { readonly kind: 'none'; readonly why: string };

export function integerHardware(mode: RequantizeMode): IntegerHardware {
  switch (mode) {
    case 'gemmlowp':
    case 'single':
      return { kind: 'multiplier' };
    case 'float32':
      return {
        kind: 'none',
        why: 'not priced: requantize float32 multiplies in floating point, which is no integer hardware',
      };
    case 'exact':
      return {
        kind: 'none',
        why: 'not priced: requantize exact divides products of scales, a reference that is no hardware',
      };
    default:
      return mode satisfies never;
  }
}

/** One entry a mac and group of channels, of tensors of int8 and uint8; the same for `gemmlowp` and `single`. */
export function integerFacts({ steps, tensors }: IntegerGraph): MacFacts[] {
  return steps.flatMap((step) =>
    step.kind === 'mac' ? macFacts(step, tensors[step.inputs[0]]!, tensors[step.output]!) : [],
  );
}

function macFacts(step: IntegerMac, input: IntegerTensor, output: IntegerTensor): MacFacts[] {
  const { name, k, groups, outChannels, window, multipliers, weightZeroPoint } = step;
  const channels = outChannels / groups;
  return Array.from({ length: groups }, (_, group) => {
    const own =
      multipliers.length === 1 ? multipliers : multipliers.slice(group * channels, (group + 1) * channels);
    return {
      name,
      weightFormat: getFormat(step.weights instanceof Int8Array ? 'affine8s' : 'affine8'),
      activationFormat: formatOf(input),
      outputFormat: formatOf(output),
      k,
      outputs: window.outHeight * window.outWidth * channels,
      accumulator: { kind: 'wrap', bits: SUM_BITS },
      multiplier: multiplierKind(own.map(realOf)),
      scaleBits: MULTIPLIER_BITS,
      zeroPoints: weightZeroPoint === 0 ? 'folded' : 'summed',
    };
  });
}

/** Codes as they are multiplied: int8 is `affine8s` whatever format was asked for. */
function formatOf({ type }: IntegerTensor) {
  return getFormat(type === 'int8' ? 'affine8s' : 'affine8');
}

function multiplierKind(reals: readonly number[]): MacFacts['multiplier'] {
  const fixed = reals.map(fixedMultiplier);
  // a half in Q0.31
  if (fixed.some(({ multiplier }) => multiplier !== 2 ** 30)) return 'multiply';
  return fixed.every(({ shift }) => shift === 1) ? 'none' : 'shift';
}
