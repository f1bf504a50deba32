/** Padding by explicit numbers of pixels, against images that are padded by hand. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import type { Tensor } from '../../networks/tensor.js';
import { chain, everyWay, everywhere } from './every-way.js';

/** One channel of an image by rows, with `undefined` for pixels of padding. */
type Plane = readonly (readonly (number | undefined)[])[];

interface Sides {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Channel `channel` of an image [height][width][channels] inside its padding. */
function padded(image: readonly number[], shape: readonly number[], channel: number, sides: Sides): Plane {
  const [height, width, channels] = shape as [number, number, number];
  const blank = (length: number) => new Array<undefined>(length).fill(undefined);
  const line = width + sides.left + sides.right;
  const rows = Array.from({ length: height }, (_, y) => [
    ...blank(sides.left),
    ...Array.from({ length: width }, (_, x) => image[(y * width + x) * channels + channel]!),
    ...blank(sides.right),
  ]);
  const lines = (count: number) => Array.from({ length: count }, () => blank(line));
  return [...lines(sides.top), ...rows, ...lines(sides.bottom)];
}

/** The first pixels of all windows that are inside the plane, by rows. */
function starts(plane: Plane, reach: readonly [number, number], stride: readonly [number, number]) {
  const found: [number, number][] = [];
  for (let y = 0; y + reach[0] <= plane.length; y += stride[0]) {
    for (let x = 0; x + reach[1] <= plane[0]!.length; x += stride[1]) found.push([y, x]);
  }
  return found;
}

interface Geometry {
  readonly shape: readonly [number, number, number];
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly sides: Sides;
}

const reachOf = ({ kernel, dilation }: Geometry): [number, number] => [
  dilation[0] * (kernel[0] - 1) + 1,
  dilation[1] * (kernel[1] - 1) + 1,
];

/** A whole number from `low` to `high`. */
const whole = (stream: Stream, low: number, high: number) =>
  low + Math.floor(stream.uniform() * (high - low + 1));

/** Random, but so that at least one window fits. */
function drawGeometry(
  stream: Stream,
  length: 'image' | 'sequence',
  most: 'any padding' | 'less than the kernel',
) {
  for (;;) {
    const side = (high: number) => whole(stream, 0, high);
    const tall = length === 'image' ? 1 : 0;
    const pair = (high: number) => [1 + tall * side(high - 1), 1 + side(high - 1)] as const;
    const kernel = pair(3);
    const limit = (axis: 0 | 1) => (most === 'any padding' ? 5 : kernel[axis] - 1);
    const geometry: Geometry = {
      shape: [1 + tall * side(5), 1 + side(5), most === 'any padding' ? 2 : 1 + side(4)],
      kernel,
      stride: pair(3),
      dilation: most === 'any padding' ? pair(3) : ([1, 1] as const),
      sides: {
        top: tall * side(limit(0)),
        bottom: tall * side(limit(0)),
        left: side(limit(1)),
        right: side(limit(1)),
      },
    };
    const plane = padded([], geometry.shape, 0, geometry.sides);
    const windows = starts(plane, reachOf(geometry), geometry.stride).length;
    if (windows > 0 && windows * 4 <= 256) return geometry;
  }
}

const drawImage = (stream: Stream, shape: readonly number[]) =>
  Array.from({ length: shape.reduce((a, b) => a * b) }, () => whole(stream, -4, 4));

/** The outputs [pixels][filters] of a convolution in `groups`, weights [filters][kh][kw][channels / groups]. */
function convolved(
  image: readonly number[],
  geometry: Geometry,
  weights: ArrayLike<number>,
  bias: ArrayLike<number>,
  groups: number,
): number[] {
  const { shape, kernel, dilation, stride, sides } = geometry;
  const planes = Array.from({ length: shape[2] }, (_, c) => padded(image, shape, c, sides));
  const own = shape[2] / groups;
  return starts(planes[0]!, reachOf(geometry), stride).flatMap(([top, left]) =>
    Array.from(bias, (start, filter) => {
      let sum = start;
      let next = filter * kernel[0] * kernel[1] * own;
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          for (let c = 0; c < own; c++) {
            const plane = planes[Math.floor(filter / (bias.length / groups)) * own + c]!;
            sum += weights[next++]! * (plane[top + ky * dilation[0]]![left + kx * dilation[1]] ?? 0);
          }
        }
      }
      return sum;
    }),
  );
}

/** What of each window is in the image, [pixels][channels]. */
function pooled(image: readonly number[], { shape, kernel, stride, sides }: Geometry): number[][] {
  const planes = Array.from({ length: shape[2] }, (_, c) => padded(image, shape, c, sides));
  return starts(planes[0]!, kernel, stride).flatMap(([top, left]) =>
    planes.map((plane) =>
      plane
        .slice(top, top + kernel[0])
        .flatMap((line) => line.slice(left, left + kernel[1]))
        .filter((value) => value !== undefined),
    ),
  );
}

describe('explicit padding', () => {
  it.each([
    ['image', 'fixed16q8'],
    ['image', 'fixed8q0'],
    ['sequence', 'fixed16q8'],
    ['sequence', 'fixed8q0'],
  ] as const)('of convolutions, over: %s, edges in %s', (kind, format) => {
    const stream = new Stream(21, 'weights');
    for (let round = 0; round < 25; round++) {
      const geometry = drawGeometry(stream, kind, 'any padding');
      const { shape, kernel, stride, dilation, sides } = geometry;
      const groups = whole(stream, 1, 2);
      const filters = 2 * whole(stream, 1, 2);
      const k = (kernel[0] * kernel[1] * shape[2]) / groups;
      const weight = Float32Array.from({ length: filters * k }, () => whole(stream, -1, 1));
      const bias = Float32Array.from({ length: filters }, () => whole(stream, -3, 3));
      const operator =
        kind === 'image'
          ? { type: 'conv2d', kernel, stride, dilation, padding: sides }
          : {
              type: 'conv1d',
              kernel: kernel[1],
              stride: stride[1],
              dilation: dilation[1],
              padding: { before: sides.left, after: sides.right },
            };
      const image = drawImage(stream, shape);
      const expected = convolved(image, geometry, weight, bias, groups);
      const input = kind === 'image' ? shape : shape.slice(1);
      const network = chain(input, expected.length, [{ ...operator, filters, groups }]);
      const parameters = new Map<string, Tensor>([
        ['n0.weight', { shape: [filters, k], data: weight }],
        ['n0.bias', { shape: [filters], data: bias }],
      ]);
      const outputs = everyWay(network, parameters, image, 1, format);
      expect(outputs, JSON.stringify({ geometry, groups })).toEqual(everywhere(expected));
    }
  });

  it.each(['image', 'sequence'] as const)('of pools, over: %s', (kind) => {
    const stream = new Stream(22, 'weights');
    for (let round = 0; round < 25; round++) {
      const geometry = drawGeometry(stream, kind, 'less than the kernel');
      const { shape, kernel, stride, sides } = geometry;
      const image = drawImage(stream, shape);
      const inside = pooled(image, geometry);
      const input = kind === 'image' ? shape : shape.slice(1);
      const run = (pooling: string, format: string) => {
        const operator = { type: 'pool', pooling, kernel, stride, padding: sides };
        return everyWay(chain(input, inside.length, [operator]), new Map(), image, 1, format);
      };
      const largest = everywhere(inside.map((values) => Math.max(...values)));
      expect(run('max', 'fixed16q8'), JSON.stringify(geometry)).toEqual(largest);
      expect(run('max', 'fixed8q0'), JSON.stringify(geometry)).toEqual(largest);
      const means = inside.map((values) => values.reduce((a, b) => a + b) / values.length);
      const exact = means.map(Math.fround);
      // at most nine elements: no mean lies halfway between two steps of 1/256
      const steps = means.map((mean) => Math.round(mean * 256) / 256);
      const { training, float, ...coded } = run('average', 'fixed16q8');
      expect({ training, float }, JSON.stringify(geometry)).toEqual({ training: exact, float: exact });
      for (const outputs of Object.values(coded)) expect(outputs).toEqual(steps);
    }
  });
});

describe('padding that cannot be', () => {
  const conv = { type: 'conv2d', filters: 1, kernel: [3, 3] };
  const pool = { type: 'pool', pooling: 'max', kernel: [2, 2], stride: [2, 2] };
  const none = { top: 0, bottom: 0, left: 0, right: 0 };
  const parse = (operator: object, shape: readonly number[] = [4, 4, 1]) => chain(shape, 1, [operator]);

  it('is refused where no window fits', () => {
    expect(() => parse({ ...conv, kernel: [7, 3], padding: { ...none, top: 1, bottom: 1 } })).toThrow(
      "node n0: a window of 7 pixels does not fit 4 and 1 + 1 of padding; make it smaller or pad with 'same'",
    );
  });

  it('is refused where a pool has windows of padding alone', () => {
    for (const side of ['top', 'bottom', 'left', 'right'] as const) {
      expect(() => parse({ ...pool, padding: { ...none, [side]: 2 } })).toThrow(
        /^node n0: a pool of 2 pixels with \d \+ \d of padding has windows of padding alone/,
      );
    }
    const along = { ...pool, kernel: [1, 2], stride: [1, 2], padding: { ...none, top: 1 } };
    expect(() => parse(along, [4, 1])).toThrow('a pool of 1 pixels with 1 + 0 of padding');
  });

  it.each([
    ['a number', 1],
    ['an unknown rule', 'full'],
    ['three sides', { top: 0, bottom: 0, left: 0 }],
    ['a broken pixel', { ...none, left: 0.5 }],
    ['a sequence’s ends', { before: 0, after: 0 }],
  ])('is refused with what is allowed: %s', (_, padding) => {
    const allowed = 'padding: give "valid", "same", "same-lower" or { "top", "bottom", "left", "right" }';
    expect(() => parse({ ...conv, padding })).toThrow(allowed);
    const conv1d = { type: 'conv1d', filters: 1, kernel: 3 };
    const sequence = 'before' in Object(padding) ? { ...none } : padding;
    expect(() => parse({ ...conv1d, padding: sequence }, [4, 1])).toThrow('or { "before", "after" }');
  });

  it.each([
    ['top', -1, 'padding.top: too small: expected number to be >=0'],
    ['right', 1025, 'padding.right: too big: expected number to be <=1024'],
  ])('is refused by its %s', (side, pixels, message) => {
    expect(() => parse({ ...conv, padding: { ...none, [side]: pixels } })).toThrow(message);
  });

  it('is refused where the padded image would be giant', () => {
    const giant = {
      ...conv,
      filters: 1,
      stride: [1024, 1024],
      padding: { ...none, bottom: 1024, right: 1024 },
    };
    expect(() => parse(giant, [1, 1, 64])).toThrow(
      /node n0: its windows hold \d+ values \(padded image: \d+\)/,
    );
  });
});
