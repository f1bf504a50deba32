/** A mean over height and width as a step in integers. */
import { UserError } from '../../errors.js';
import type { IntegerMean } from '../integer/graph.js';
import { constantIntegers } from './constants.js';
import type { TfliteOperator } from './model.js';
import type { Reader } from './reader.js';

export function mean(reader: Reader, operator: TfliteOperator): IntegerMean {
  const input = reader.input(operator, 0);
  const [height, width, channels] = reader.image(operator, input);
  const axes = constantIntegers(reader.input(operator, 1))?.map((axis) => (axis < 0 ? axis + 4 : axis));
  const output = reader.output(operator);
  if (axes?.toSorted((a, b) => a - b).join() !== '1,2' || reader.tensors[output]!.size !== channels) {
    throw new UserError(
      `${reader.where(operator)}: it is a mean over axes ${axes?.join(', ') ?? 'that are computed'}; one over height and width is read`,
    );
  }
  if (height * width < 1) throw reader.misfit(operator);
  const inputs = [reader.place(input)] as const;
  return { kind: 'mean', name: reader.name(operator), inputs, output, pixels: height * width, channels };
}
