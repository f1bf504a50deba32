/** Codes moved as they are: padding, parts, and images made larger by repeating pixels. */
import type { IntegerPick, IntegerTensor, Values } from './graph.js';

/** −1 where no code of the input stands; row-major, as long as the output. */
export function pickedPlaces(axes: IntegerPick['axes'], shape: readonly number[]): Int32Array {
  let places = Int32Array.of(0);
  axes.forEach((picked, axis) => {
    const next = new Int32Array(places.length * picked.length);
    let at = 0;
    for (const place of places) {
      for (const index of picked) {
        next[at++] = place < 0 || index < 0 ? -1 : place * shape[axis]! + index;
      }
    }
    places = next;
  });
  return places;
}

/** The zero point of the output stands where no code of the input does. */
export function pickAction(
  { axes }: IntegerPick,
  input: IntegerTensor,
  output: IntegerTensor,
  from: Values,
  to: Values,
): () => void {
  const places = pickedPlaces(axes, input.shape);
  return () => {
    for (let i = 0; i < to.length; i++) to[i] = places[i]! < 0 ? output.zeroPoint : from[places[i]!]!;
  };
}
