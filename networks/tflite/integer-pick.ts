/** The operators of a file that move codes as they are, as steps in integers. */
import { UserError } from '../../errors.js';
import type { IntegerPick } from '../integer/graph.js';
import { constantIntegers } from './constants.js';
import type { TfliteOperator, TfliteTensor } from './model.js';
import type { Reader } from './reader.js';
import { RESIZE_NEAREST } from './schema.js';

const all = (extent: number): number[] => Array.from({ length: extent }, (_, i) => i);

/** Throws UserError unless the picked places fill the output, which has the input's scale and zero point. */
function pick(
  reader: Reader,
  operator: TfliteOperator,
  input: TfliteTensor,
  output: TfliteTensor,
  axes: IntegerPick['axes'],
): IntegerPick {
  const [from, to] = [reader.tensorOf(input), reader.tensorOf(output)];
  const isFull = axes.map(({ length }) => length).join() === to.shape.join();
  const isSame = from.type === to.type && from.scale === to.scale && from.zeroPoint === to.zeroPoint;
  if (axes.length !== from.shape.length || !isFull || !isSame) throw reader.misfit(operator);
  const { name, place } = { name: reader.name(operator), place: reader.place(output) };
  return { kind: 'pick', name, inputs: [reader.place(input)], output: place, axes };
}

function integers(reader: Reader, operator: TfliteOperator, which: number): readonly number[] {
  const values = constantIntegers(reader.input(operator, which));
  if (values !== undefined) return values;
  throw new UserError(`${reader.where(operator)}: its input ${which} is no list of int32 constants`);
}

/** The zero point around an image. */
export function pad(reader: Reader, operator: TfliteOperator): IntegerPick {
  const input = reader.input(operator, 0);
  const output = reader.sole(operator);
  const sides = integers(reader, operator, 1);
  const isPadding = sides.length === 2 * input.shape.length && sides.every((side) => side >= 0);
  // what is padded must fill the output, whose size is bounded
  const fits = input.shape.every(
    (extent, axis) => extent + sides[2 * axis]! + sides[2 * axis + 1]! === output.shape[axis],
  );
  if (!isPadding || !fits || output.shape[0] !== 1) throw reader.misfit(operator);
  const axes = input.shape.map((extent, axis) => {
    const [before, after] = [sides[2 * axis]!, sides[2 * axis + 1]!];
    return [...Array<number>(before).fill(-1), ...all(extent), ...Array<number>(after).fill(-1)];
  });
  return pick(reader, operator, input, output, axes.slice(1));
}

/** Equal parts along an axis, a step each. */
export function split(reader: Reader, operator: TfliteOperator): IntegerPick[] {
  const [given = 0] = integers(reader, operator, 0);
  const input = reader.input(operator, 1);
  const axis = given < 0 ? given + input.shape.length : given;
  const extent = (input.shape[axis] ?? 0) / operator.outputs.length;
  if (axis < 1 || !Number.isInteger(extent) || extent < 1) throw reader.misfit(operator);
  return operator.outputs.map((output, part) => {
    const axes = input.shape.map((whole, i) =>
      i === axis ? all(extent).map((index) => index + part * extent) : all(whole),
    );
    return pick(reader, operator, input, output, axes.slice(1));
  });
}

/** The pixel of `extent` that stands at `at` of `out`, in float32 as the reference kernel (GetNearestNeighbor) has it. */
export function nearestPixel(
  at: number,
  extent: number,
  out: number,
  corners: 'aligned' | 'free',
  centers: 'half' | 'whole',
): number {
  const isAligned = corners === 'aligned';
  const scale = Math.fround(isAligned && out > 1 ? (extent - 1) / (out - 1) : extent / out);
  const place = Math.fround(Math.fround(at + (centers === 'half' ? 0.5 : 0)) * scale);
  return Math.min(isAligned ? Math.floor(place + 0.5) : Math.floor(place), extent - 1);
}

export function resizeNearest(reader: Reader, operator: TfliteOperator): IntegerPick {
  const input = reader.input(operator, 0);
  const output = reader.sole(operator);
  const image = reader.image(operator, input);
  const [height, width] = reader.image(operator, output);
  if (integers(reader, operator, 1).join() !== [height, width].join()) throw reader.misfit(operator);
  const corners = operator.options?.i8(RESIZE_NEAREST.alignCorners) ? 'aligned' : 'free';
  const centers = operator.options?.i8(RESIZE_NEAREST.halfPixelCenters) ? 'half' : 'whole';
  const along = (extent: number, out: number): number[] =>
    all(out).map((at) => nearestPixel(at, extent, out, corners, centers));
  const axes = [along(image[0], height), along(image[1], width), all(image[2])];
  return pick(reader, operator, input, output, axes);
}
