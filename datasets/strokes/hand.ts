/**
 * The hand that writes: a skeleton with every point a little off, run through by a smooth curve, slanted, scaled,
 * turned, moved, and bent by a smooth random field (an elastic distortion).
 */
import type { Stream } from '../../arithmetic/philox.js';
import { around, between } from './draws.js';
import type { PenStroke, Skeleton } from './skeletons.js';

/** Side of the image, pixels. */
export const SIDE = 28;

/** Line pieces of a drawn digit, in pixels: x0, y0, half-width there, x1, y1, half-width there; six a piece. */
export interface Ink {
  readonly pieces: Float64Array;
  count: number;
}

/** Line pieces between two points of a skeleton. */
const STEPS = 5;

/** Nodes along a side of the elastic field; it spans the image, displacements between nodes are bilinear. */
const FIELD = 5;

/** How much hands differ: standard deviations, or ranges where two numbers stand. */
export interface Style {
  /** Of each skeleton point, in boxes. */
  readonly wobble: number;
  /** Horizontal shift per height. */
  readonly slant: number;
  /** Tangent of half the turning angle. */
  readonly turn: number;
  /** Height of the digit, pixels. */
  readonly height: readonly [number, number];
  /** Width of the box by its height. */
  readonly aspect: readonly [number, number];
  /** Of the place in the image, pixels. */
  readonly shift: number;
  /** Of the elastic field's nodes, pixels. */
  readonly elastic: number;
  /** Half the width of the pen, pixels. */
  readonly pen: readonly [number, number];
  /** Change of the pen's width along a stroke, as a share. */
  readonly pressure: number;
}

export class Hand {
  readonly #field = new Float64Array(FIELD * FIELD * 2);
  readonly #ink: Ink = { pieces: new Float64Array(6 * 1024), count: 0 };

  constructor(private readonly style: Style) {}

  /** Writes a digit the way of `skeleton`. The result is valid until the next call. */
  write(skeleton: Skeleton, stream: Stream): Ink {
    const { style } = this;
    this.#ink.count = 0;
    const height = between(stream, style.height[0], style.height[1]);
    const width = height * between(stream, style.aspect[0], style.aspect[1]);
    const slant = around(stream, style.slant);
    const half = around(stream, style.turn);
    const cosine = (1 - half * half) / (1 + half * half);
    const sine = (2 * half) / (1 + half * half);
    const centreX = SIDE / 2 + around(stream, style.shift);
    const centreY = SIDE / 2 + around(stream, style.shift);
    const pen = between(stream, style.pen[0], style.pen[1]);
    for (let i = 0; i < this.#field.length; i++) this.#field[i] = around(stream, style.elastic);

    for (const stroke of skeleton.strokes) {
      const points = stroke.points.map((value) => value - 0.5 + around(stream, style.wobble));
      for (let i = 0; i < points.length; i += 2) {
        const x = (points[i]! - slant * points[i + 1]!) * width;
        const y = points[i + 1]! * height;
        points[i] = centreX + cosine * x - sine * y;
        points[i + 1] = centreY + sine * x + cosine * y;
      }
      const start = pen * (1 + around(stream, style.pressure));
      const end = pen * (1 + around(stream, style.pressure));
      this.#draw(points, stroke, start, end);
    }
    return this.#ink;
  }

  /** Catmull–Rom splines between the corners, cut into line pieces. */
  #draw(points: Float64Array, stroke: PenStroke, start: number, end: number): void {
    const last = points.length / 2 - 1;
    const isEnd = (i: number) => i === 0 || i === last || stroke.corners.includes(i);
    let fromX = points[0]!;
    let fromY = points[1]!;
    let fromWidth = start;
    [fromX, fromY] = this.#bend(fromX, fromY);
    for (let i = 0; i < last; i++) {
      const before = isEnd(i) ? i : i - 1;
      const after = isEnd(i + 1) ? i + 1 : i + 2;
      for (let step = 1; step <= STEPS; step++) {
        const t = step / STEPS;
        const plainX = catmullRom(
          points[2 * before]!,
          points[2 * i]!,
          points[2 * i + 2]!,
          points[2 * after]!,
          t,
        );
        const plainY = catmullRom(
          points[2 * before + 1]!,
          points[2 * i + 1]!,
          points[2 * i + 3]!,
          points[2 * after + 1]!,
          t,
        );
        const [x, y] = this.#bend(plainX, plainY);
        const width = start + ((end - start) * (i + t)) / last;
        this.#ink.pieces.set([fromX, fromY, fromWidth, x, y, width], 6 * this.#ink.count++);
        fromX = x;
        fromY = y;
        fromWidth = width;
      }
    }
  }

  /** A point moved by the elastic field. */
  #bend(x: number, y: number): [number, number] {
    const u = Math.min(Math.max((x / SIDE) * (FIELD - 1), 0), FIELD - 1.001);
    const v = Math.min(Math.max((y / SIDE) * (FIELD - 1), 0), FIELD - 1.001);
    const column = Math.floor(u);
    const row = Math.floor(v);
    const a = u - column;
    const b = v - row;
    const at = 2 * (row * FIELD + column);
    const below = at + 2 * FIELD;
    const field = this.#field;
    const moved = (axis: 0 | 1) =>
      (1 - b) * ((1 - a) * field[at + axis]! + a * field[at + 2 + axis]!) +
      b * ((1 - a) * field[below + axis]! + a * field[below + 2 + axis]!);
    return [x + moved(0), y + moved(1)];
  }
}

/** The uniform Catmull–Rom spline from p1 (t = 0) to p2 (t = 1). */
function catmullRom(p0: number, p1: number, p2: number, p3: number, t: number): number {
  return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)));
}
