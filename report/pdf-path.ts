/** Paths of a canvas as those of a PDF: points on the page, arcs as cubic curves. */

/** a, b, c, d, e, f of a canvas: x' = a·x + c·y + e, y' = b·x + d·y + f. */
export type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

/** First `inner`, then `outer`. */
export function product(outer: Matrix, inner: Matrix): Matrix {
  const [a, b, c, d, e, f] = outer;
  const [p, q, r, s, t, u] = inner;
  return [a * p + c * q, b * p + d * q, a * r + c * s, b * r + d * s, a * t + c * u + e, b * t + d * u + f];
}

export function rotation(angle: number): Matrix {
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return [cosine, sine, -sine, cosine, 0, 0];
}

/** In the path language of SVG. Points are given in the units of the matrix of the moment. */
export class PagePath {
  private text = '';

  get isEmpty(): boolean {
    return this.text === '';
  }

  toString(): string {
    return this.text;
  }

  add(command: 'M' | 'L' | 'Q' | 'C', matrix: Matrix, points: readonly number[]): void {
    const [a, b, c, d, e, f] = matrix;
    const placed: number[] = [];
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]!, points[i + 1]!];
      placed.push(a * x + c * y + e, b * x + d * y + f);
    }
    this.text += `${command}${placed.map((value) => Number(value.toFixed(3))).join(' ')}`;
  }

  close(): void {
    if (!this.isEmpty) this.text += 'Z';
  }

  /** Curves of a quarter of a circle at most, each with the handles that touch it in its middle. */
  arc(
    matrix: Matrix,
    centre: readonly [x: number, y: number],
    radius: number,
    from: number,
    sweep: number,
  ): void {
    const at = (angle: number): [number, number] => [
      centre[0] + radius * Math.cos(angle),
      centre[1] + radius * Math.sin(angle),
    ];
    this.add(this.isEmpty ? 'M' : 'L', matrix, at(from));
    const parts = Math.ceil(Math.abs(sweep) / (Math.PI / 2) - 1e-9);
    const step = sweep / parts;
    const handle = (4 / 3) * Math.tan(step / 4) * radius;
    for (let i = 0; i < parts; i++) {
      const [start, end] = [from + i * step, from + (i + 1) * step];
      const [[x0, y0], [x1, y1]] = [at(start), at(end)];
      this.add('C', matrix, [
        x0 - handle * Math.sin(start),
        y0 + handle * Math.cos(start),
        x1 + handle * Math.sin(end),
        y1 - handle * Math.cos(end),
        x1,
        y1,
      ]);
    }
  }
}
