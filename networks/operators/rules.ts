/** The rule of each operator, by type. */
import type { Operator, OperatorType } from '../network.js';
import { activation } from './activation.js';
import { add } from './add.js';
import { batchNorm } from './batch-norm.js';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import type { OperatorRule } from './operator.js';
import { pool } from './pool.js';
import { softmax } from './softmax.js';

const RULES: { readonly [T in OperatorType]: OperatorRule<Extract<Operator, { type: T }>> } = {
  activation,
  add,
  'batch-norm': batchNorm,
  conv1d,
  conv2d,
  dense,
  dropout,
  flatten,
  pool,
  softmax,
};

/** The rule that suits `operator`. */
export function ruleOf<O extends Operator>(operator: O): OperatorRule<O> {
  return RULES[operator.type] as unknown as OperatorRule<O>;
}
