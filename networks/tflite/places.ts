/** How an operator of a file is called in messages, and the complaint that its parts do not fit. */
import { UserError } from '../../errors.js';
import type { TfliteOperator } from './model.js';

export function nameOf({ index, name }: TfliteOperator): string {
  return `${index} ${name}`;
}

export function whereOf(source: string, operator: TfliteOperator): string {
  return `${source}: operator ${nameOf(operator)}`;
}

export function misfitOf(source: string, operator: TfliteOperator): UserError {
  const all = [...operator.inputs, ...operator.outputs];
  const shapes = all.map((tensor) => `[${tensor?.shape.join(', ') ?? ''}]`).join(' ');
  return new UserError(`${whereOf(source, operator)}: its shapes ${shapes} or options do not fit each other`);
}
