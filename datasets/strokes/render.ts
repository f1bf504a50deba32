/** From line pieces to grey pixels: antialiased round strokes, ink that is not everywhere black, noise. */
import type { Stream } from '../../arithmetic/philox.js';
import { around, between } from './draws.js';
import { type Ink, SIDE } from './hand.js';

export interface Paper {
  /** Brightness of the ink, of 255. */
  readonly ink: readonly [number, number];
  /** Width of the edge over which ink fades, pixels. */
  readonly softness: readonly [number, number];
  /** Standard deviation of the noise on every pixel, of 255. */
  readonly noise: readonly [number, number];
  /** Chance that ink is missing in a small spot. */
  readonly gap: number;
  /** Chance of a stray stroke or blot. */
  readonly stray: number;
}

const coverage = new Float64Array(SIDE * SIDE);

/** Draws the ink on paper into `out` [28 · 28], row-major, 0 = empty, 255 = full ink. */
export function render(ink: Ink, paper: Paper, stream: Stream, out: Uint8Array): void {
  const softness = between(stream, paper.softness[0], paper.softness[1]);
  coverage.fill(0);
  for (let i = 0; i < ink.count; i++) {
    const { pieces } = ink;
    const p = 6 * i;
    cover(
      pieces[p]!,
      pieces[p + 1]!,
      pieces[p + 2]!,
      pieces[p + 3]!,
      pieces[p + 4]!,
      pieces[p + 5]!,
      softness,
    );
  }
  if (stream.uniform() < paper.stray) {
    const x = between(stream, 1, SIDE - 1);
    const y = between(stream, 1, SIDE - 1);
    cover(x, y, between(stream, 0.3, 0.9), x + around(stream, 2.2), y + around(stream, 2.2), 0.4, softness);
  }
  if (stream.uniform() < paper.gap) {
    erase(between(stream, 7, SIDE - 7), between(stream, 7, SIDE - 7), between(stream, 1, 2.2));
  }
  const brightness = between(stream, paper.ink[0], paper.ink[1]);
  // A byte of noise is the sum of two 4-bit draws, −15..15 with standard deviation 6.52.
  const noise = between(stream, paper.noise[0], paper.noise[1]) / 6.519202405202649;
  let word = 0;
  for (let pixel = 0; pixel < out.length; pixel++) {
    word = pixel % 4 === 0 ? stream.word() : word >>> 8;
    const grain = ((word & 15) + ((word >>> 4) & 15) - 15) * noise;
    const value = coverage[pixel]! * brightness + grain;
    out[pixel] = value <= 0 ? 0 : value >= 255 ? 255 : Math.floor(value + 0.5);
  }
}

/** Raises the coverage around a line piece whose half-width goes from w0 to w1. */
function cover(
  x0: number,
  y0: number,
  w0: number,
  x1: number,
  y1: number,
  w1: number,
  softness: number,
): void {
  const reach = Math.max(w0, w1) + softness;
  const left = Math.max(0, Math.floor(Math.min(x0, x1) - reach));
  const right = Math.min(SIDE - 1, Math.floor(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.floor(Math.min(y0, y1) - reach));
  const bottom = Math.min(SIDE - 1, Math.floor(Math.max(y0, y1) + reach));
  const dx = x1 - x0;
  const dy = y1 - y0;
  const length2 = dx * dx + dy * dy;
  for (let row = top; row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const px = column + 0.5 - x0;
      const py = row + 0.5 - y0;
      const t = length2 === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / length2, 0), 1);
      const ex = px - t * dx;
      const ey = py - t * dy;
      const distance = Math.sqrt(ex * ex + ey * ey) - (w0 + (w1 - w0) * t);
      const share = 0.5 - distance / softness;
      if (share > 0) {
        const at = row * SIDE + column;
        const capped = Math.min(share, 1);
        if (capped > coverage[at]!) coverage[at] = capped;
      }
    }
  }
}

/** Fades the ink within `radius` pixels of a point. */
function erase(x: number, y: number, radius: number): void {
  for (let row = 0; row < SIDE; row++) {
    for (let column = 0; column < SIDE; column++) {
      const ex = column + 0.5 - x;
      const ey = row + 0.5 - y;
      const distance = Math.sqrt(ex * ex + ey * ey);
      if (distance < radius) coverage[row * SIDE + column]! *= distance / radius;
    }
  }
}
