/** Accuracies of the 2,000 draws of seeds and images, docs/statistics.md, "Draws". */
import { below, drawnWords } from './random.js';

export const DRAWS = 2000;

/** By seed the images that are wrong. */
type Wrong = readonly (readonly number[])[];

function wrongIn(right: Uint8Array): number[] {
  return [...right.keys()].filter((image) => right[image] === 0);
}

/** The seeds of a draw, and how often it has each image. */
interface Draw {
  readonly seeds: readonly number[];
  readonly times: Uint8Array;
}

function drawOf(draw: number, seeds: number, images: number): Draw {
  const words = drawnWords(draw);
  const drawn = seeds === 1 ? [0] : Array.from({ length: seeds - 1 }, () => below(words, seeds));
  // one image more than 255 times in a draw of as many as there are: less likely than a wrong bit of memory
  const times = new Uint8Array(images);
  for (let i = 0; i < images; i++) times[below(words, images)]!++;
  return { seeds: drawn, times };
}

/** The draws last asked for: many sweeps have as many seeds and images, and drawing takes longer than all else. */
let last: { readonly of: string; readonly draws: readonly Draw[] } | undefined;

function drawsOf(seeds: number, images: number): readonly Draw[] {
  const of = `${seeds} ${images}`;
  if (last?.of !== of)
    last = { of, draws: Array.from({ length: DRAWS }, (_, draw) => drawOf(draw, seeds, images)) };
  return last.draws;
}

/**
 * `points[r][s][i]`: 1 where row r with seed s, in ascending order of seeds, has image i right. Gives the accuracies of each
 * row by draw.
 */
export function drawnAccuracies(points: readonly (readonly Uint8Array[])[]): number[][] {
  const images = points[0]![0]!.length;
  const wrong: Wrong[] = points.map((point) => point.map(wrongIn));
  const accuracies: number[][] = points.map(() => []);
  for (const { seeds, times } of drawsOf(points[0]!.length, images)) {
    for (const [r, point] of wrong.entries()) {
      let right = 0;
      for (const seed of seeds) {
        right += images;
        for (const image of point[seed]!) right -= times[image]!;
      }
      accuracies[r]!.push(right / (seeds.length * images));
    }
  }
  return accuracies;
}
