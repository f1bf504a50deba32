/** The operators, one a file: a new one is its file and a line here. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { alreadyRegistered, countRegistration } from '../../registrations.js';
import { activation } from './activation.js';
import { add } from './add.js';
import { batchNorm } from './batch-norm.js';
import { concat } from './concat.js';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';
import { dense } from './dense.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import { globalPool } from './global-pool.js';
import type { OperatorRule } from './operator.js';
import { pad } from './pad.js';
import { pool } from './pool.js';
import { softmax } from './softmax.js';

const BUILT_IN = [
  dense,
  conv2d,
  conv1d,
  pool,
  globalPool,
  pad,
  activation,
  batchNorm,
  flatten,
  dropout,
  add,
  concat,
  softmax,
] as const;

export type Operator = z.infer<(typeof BUILT_IN)[number]['schema']>;

type AnyRule = OperatorRule<z.ZodType<{ readonly type: string }>>;

const rules = new Map(BUILT_IN.map((rule) => [rule.type as string, rule as unknown as AnyRule]));

/** Adds an operator of a plugin's own. Throws UserError where its type is taken. */
export function registerOperator<Schema extends z.ZodType<{ readonly type: string }>>(
  rule: OperatorRule<Schema>,
): void {
  if (rules.has(rule.type)) {
    throw alreadyRegistered('operator', rule.type);
  }
  rules.set(rule.type, rule as unknown as AnyRule);
  countRegistration();
}

/** The rule that suits `operator`. */
export function ruleOf(operator: { readonly type: string }): AnyRule {
  const rule = rules.get(operator.type);
  if (!rule)
    throw new UserError(`operator '${operator.type}' is unknown; use one of ${[...rules.keys()].join(', ')}`);
  return rule;
}

/** A described operator of any type; defaults are filled in. */
export function operatorSchema(): z.ZodType<Operator> {
  const schemas = [...rules.values()].map(({ schema }) => schema);
  return z.discriminatedUnion('type', schemas as unknown as [z.ZodObject]) as unknown as z.ZodType<Operator>;
}
