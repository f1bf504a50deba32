/**
 * How the ten digits are written: for each, several ways, as the paths a pen takes. Points are percent of a box as
 * wide as high, x to the right, y down; the pen runs smoothly through them, `!` marks a corner, `;` lifts the pen.
 */

/** Points of one pen stroke, and which of them are corners. */
export interface PenStroke {
  /** x0, y0, x1, y1, … in units of the box. */
  readonly points: Float64Array;
  /** Indices of points where the direction breaks; ends not included. */
  readonly corners: readonly number[];
}

/** One way of writing a digit; `weight` is how many of 10 or so people write it so. */
export interface Skeleton {
  readonly weight: number;
  readonly strokes: readonly PenStroke[];
}

type Way = readonly [weight: number, path: string];

const ZERO: readonly Way[] = [
  [5, '56,2 34,8 20,32 19,62 31,92 52,98 72,86 82,58 79,26 66,6 52,3 42,9'],
  [3, '48,4 30,18 24,48 30,82 50,97 70,82 76,48 68,16 50,3'],
  [2, '66,10 44,4 22,26 16,60 30,94 58,94 80,66 82,34 66,10 50,14'],
  [1, '40,8 26,30 24,66 38,94 60,94 74,70 76,34 64,8 44,6 34,20'],
];

const ONE: readonly Way[] = [
  [4, '50,2 50,34 50,66 50,98'],
  [3, '32,22 44,13 54,2! 53,34 52,66 52,98'],
  [2, '34,20 46,12 53,2! 52,50 51,98; 30,98 52,98 74,97'],
  [2, '62,2 56,34 47,68 40,98'],
  [1, '40,10 50,2! 51,50 49,97! 56,93'],
];

const TWO: readonly Way[] = [
  [4, '20,24 30,8 50,2 70,9 76,26 68,46 46,70 18,97! 46,95 82,96'],
  [3, '20,20 34,6 56,3 72,14 72,32 56,58 36,82 22,92 16,86 24,76 38,82 56,94 72,97 86,88'],
  [2, '22,12 46,4 68,6 76,18 66,38 44,66 20,94! 50,92 80,98'],
  [2, '16,30 26,10 50,1 74,10 80,30 66,54 40,78 16,90! 40,88 62,97 86,94'],
];

const THREE: readonly Way[] = [
  [4, '22,14 40,3 62,5 74,18 68,36 44,46! 66,52 80,70 72,90 48,99 20,88'],
  [2, '20,5 48,4 76,4! 60,24 44,40! 64,44 80,62 76,86 52,98 20,90'],
  [2, '24,10 46,2 66,10 68,28 54,42 40,46 44,42 52,44 72,56 76,76 62,94 40,98 20,90'],
  [2, '18,20 34,4 60,4 74,20 62,40 36,47! 70,54 84,76 64,96 34,98 16,84'],
];

const FOUR: readonly Way[] = [
  [4, '36,4 30,28 22,58! 50,58 82,56; 68,6 66,36 64,66 62,98'],
  [3, '64,98 65,66 66,34 66,3! 42,34 16,66! 50,66 88,66'],
  [2, '26,4 20,30 22,50 44,56 72,48; 76,2 72,34 68,66 66,98'],
  [1, '56,2 38,30 18,62! 52,63 84,60; 62,34 60,66 58,98'],
];

const FIVE: readonly Way[] = [
  [4, '30,6 27,24 24,44! 42,38 64,42 78,60 74,82 54,97 32,96 18,86; 30,6 54,5 78,3'],
  [3, '80,4 56,5 32,6! 29,24 26,42! 46,36 68,44 78,64 70,86 48,98 20,90'],
  [2, '76,3 50,6 34,10 26,28 34,42 58,50 74,64 74,84 52,97 22,92'],
  [1, '34,4 33,22 32,44! 54,42 72,54 74,76 60,94 38,98 22,90; 32,6 54,8 72,2'],
];

const SIX: readonly Way[] = [
  [4, '66,3 46,16 28,40 20,66 26,90 48,98 70,88 76,70 64,54 44,54 26,70'],
  [3, '52,2 36,28 24,56 24,82 42,98 64,92 72,74 62,60 42,62 26,80'],
  [2, '74,10 54,4 34,22 22,52 22,80 40,98 66,94 78,74 66,56 42,56 24,74'],
  [1, '44,2 34,30 28,62 34,90 54,97 70,84 66,66 48,62 32,76'],
];

const SEVEN: readonly Way[] = [
  [4, '18,8 46,7 80,4! 66,34 52,64 42,98'],
  [3, '20,6 48,8 78,6! 62,36 50,66 42,98; 30,50 50,49 72,46'],
  [2, '20,22 21,6! 48,8 80,4! 60,36 48,68 44,98'],
  [2, '18,12 34,5 54,10 78,4 70,26 54,56 46,98'],
];

const EIGHT: readonly Way[] = [
  [4, '72,16 54,2 32,8 28,28 46,46 68,62 72,84 52,98 30,90 26,70 44,52 66,36 74,18'],
  [3, '50,47 30,34 30,12 50,2 68,12 68,34 50,47 28,62 24,84 48,98 74,86 74,62 50,47'],
  [2, '70,10 48,3 30,14 36,36 58,54 74,72 62,94 38,97 24,80 36,60 58,42 74,24 66,6'],
  [1, '48,44 32,30 38,8 58,4 68,20 58,40 40,54 26,76 40,97 64,94 72,74 56,52 44,42'],
];

const NINE: readonly Way[] = [
  [4, '74,20 56,4 32,10 24,32 38,50 60,46 74,22! 74,48 70,74 66,98'],
  [3, '72,26 60,6 38,4 24,22 30,44 52,48 70,30 74,10! 76,40 70,76 50,97 26,90'],
  [2, '70,12 48,2 28,16 28,40 48,50 68,36 72,10 70,40 58,70 42,98'],
  [1, '66,8 44,4 30,22 38,42 58,42 68,22! 69,52 66,98'],
];

/** By digit, the ways of writing it. */
export const SKELETONS: readonly (readonly Skeleton[])[] = [
  ZERO,
  ONE,
  TWO,
  THREE,
  FOUR,
  FIVE,
  SIX,
  SEVEN,
  EIGHT,
  NINE,
].map((ways) => ways.map(([weight, path]) => ({ weight, strokes: path.split(';').map(penStroke) })));

function penStroke(text: string): PenStroke {
  const words = text.trim().split(/\s+/);
  const points = new Float64Array(words.length * 2);
  const corners: number[] = [];
  words.forEach((word, i) => {
    const [x, y] = word.replace('!', '').split(',');
    points[2 * i] = Number(x) / 100;
    points[2 * i + 1] = Number(y) / 100;
    if (word.endsWith('!')) corners.push(i);
  });
  return { points, corners };
}
