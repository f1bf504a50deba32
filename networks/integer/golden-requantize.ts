/** Requantizations as golden vectors tell them (docs/golden-vectors.md): by name, and every number of theirs exactly. */
import { toRational } from '../../arithmetic/float64.js';
import { divide } from '../../arithmetic/rational.js';
import { exactText, scaleText } from '../dataflows/golden.js';
import type { IntegerTensor } from './graph.js';
import { delegateFactors, fixedSum, LEFT } from './join.js';
import {
  exactRatio,
  fixedMultiplier,
  floatFactor,
  type RealMultiplier,
  type RequantizeMode,
  realOf,
} from './requantize.js';

/** Of sums of products: one of each number, or one a channel. */
export function describedRequantize(mode: RequantizeMode, multipliers: readonly RealMultiplier[]): object {
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const fixed = multipliers.map((multiplier) => fixedMultiplier(realOf(multiplier)));
      return {
        mode,
        multipliers: fixed.map(({ multiplier }) => multiplier),
        shifts: fixed.map(({ shift }) => shift),
      };
    }
    case 'float32':
      return { mode, factors: multipliers.map((multiplier) => scaleText(floatFactor(multiplier))) };
    case 'exact':
      return { mode, ratios: multipliers.map((multiplier) => exactText(exactRatio(multiplier))) };
    default:
      return mode satisfies never;
  }
}

/** Of the sum of two codes. */
export function describedSum(
  inputs: readonly IntegerTensor[],
  to: IntegerTensor,
  mode: RequantizeMode,
): object {
  const [first, second] = inputs as [IntegerTensor, IntegerTensor];
  switch (mode) {
    case 'gemmlowp':
    case 'single': {
      const { one, other, result } = fixedSum(first, second, to);
      return { mode, left: LEFT, inputs: [one, other], sum: result };
    }
    case 'float32': {
      const { one, other, shift } = delegateFactors(first, second, to);
      return { mode, factors: [one, other], shift };
    }
    case 'exact': {
      const ratio = ({ scale }: IntegerTensor) => exactText(divide(toRational(scale), toRational(to.scale)));
      return { mode, ratios: [ratio(first), ratio(second)] };
    }
    default:
      return mode satisfies never;
  }
}
