/** Accuracies of the 2,000 draws of seeds and images, docs/statistics.md, "Draws". */
import { below, drawnWords } from './random.js';

export const DRAWS = 2000;

/** By seed the images that are wrong. */
type Wrong = readonly (readonly number[])[];

function wrongIn(right: Uint8Array): number[] {
  return [...right.keys()].filter((image) => right[image] === 0);
}

/**
 * `points[r][s][i]`: 1 where row r with seed s, in ascending order of seeds, has image i right. Gives the accuracies of each
 * row by draw.
 */
export function drawnAccuracies(points: readonly (readonly Uint8Array[])[]): number[][] {
  const seeds = points[0]!.length;
  const images = points[0]![0]!.length;
  const wrong: Wrong[] = points.map((point) => point.map(wrongIn));
  const accuracies: number[][] = points.map(() => []);
  const places = seeds === 1 ? [0] : undefined;
  for (let draw = 0; draw < DRAWS; draw++) {
    const words = drawnWords(draw);
    const drawn = places ?? Array.from({ length: seeds - 1 }, () => below(words, seeds));
    const times = new Uint32Array(images);
    for (let i = 0; i < images; i++) times[below(words, images)]!++;
    for (const [r, point] of wrong.entries()) {
      let right = 0;
      for (const seed of drawn) {
        right += images;
        for (const image of point[seed]!) right -= times[image]!;
      }
      accuracies[r]!.push(right / (drawn.length * images));
    }
  }
  return accuracies;
}
