/** Zeros around an image, or before and behind a sequence. Unlike a pool's own padding they count in a pool behind it. */
import { z } from 'zod';
import { UserError } from '../../errors.js';
import { FloatPad } from '../primitives/pad.js';
import type { Frame } from '../program.js';
import type { Shape } from '../tensor.js';
import { side } from './fields.js';
import { defineOperator } from './operator.js';

interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Of [height, width, channels], or of [length, channels] as a picture of height 1. */
function frameOf({ top, bottom, left, right }: Sides, shape: Shape): Frame {
  const [channels, width, height = 1] = shape.toReversed() as [number, number, number?];
  return { height, width, channels, top, bottom, left, right };
}

export const pad = defineOperator({
  type: 'pad',
  schema: z.strictObject({ type: z.literal('pad'), top: side, bottom: side, left: side, right: side }),
  inputs: 1,
  place: 'anywhere',
  shape(operator, [input], node) {
    if (input!.length !== 2 && input!.length !== 3) {
      throw new UserError(
        `node ${node}: pad needs [height, width, channels] or [length, channels], got shape [${input!.join(', ')}]`,
      );
    }
    const { top, bottom, left, right } = operator;
    if (input!.length === 3) return [top + input![0]! + bottom, left + input![1]! + right, input![2]!];
    if (top + bottom > 0) {
      throw new UserError(
        `node ${node}: a [length, channels] input is padded left and right alone, got top ${top} and bottom ${bottom}; give 0`,
      );
    }
    return [left + input![0]! + right, input![1]!];
  },
  parameters: () => [],
  macs: () => 0,
  /** The mac that alone reads it takes it into its window (`lowerMac`). */
  lower(operator, node) {
    const { top, bottom, left, right } = operator;
    if (top + bottom + left + right === 0) node.pass();
    else {
      const frame = frameOf(operator, node.inputEdges[0]!.shape);
      node.add({ kind: 'pad', inputs: [node.inputs[0]!], frame });
    }
  },
  layer(operator, { kernels, inputs, output }) {
    const input = inputs[0]!;
    const primitive = new FloatPad(kernels, frameOf(operator, input.shape));
    return {
      forward: (count) => primitive.forward(count, input.values, output.values),
      backward: (count) => primitive.backward(count, output.gradient, input.gradient),
    };
  },
});
