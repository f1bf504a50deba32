/** Places of tensors in one piece of memory: those that are needed at the same time do not overlap. */
import type { ExportedNetwork } from './integers.js';

export interface Arena {
  /** First byte of every tensor that has a place; inputs and outputs are the caller's. */
  readonly places: ReadonlyMap<number, number>;
  readonly bytes: number;
}

interface Life {
  readonly tensor: number;
  readonly size: number;
  readonly born: number;
  readonly last: number;
}

/** The largest first, each at the lowest place that is free as long as it is needed. */
export function arenaOf({ tensors, inputs, outputs, steps }: ExportedNetwork): Arena {
  const outside = new Set([...inputs, ...outputs]);
  const lives = steps.flatMap(({ output }, born): Life[] => {
    if (outside.has(output)) return [];
    const last = steps.findLastIndex((step) => step.inputs.includes(output));
    return [{ tensor: output, size: tensors[output]!.size, born, last: Math.max(last, born) }];
  });
  lives.sort((a, b) => b.size - a.size || a.born - b.born);
  const placed: (Life & { readonly at: number })[] = [];
  for (const life of lives) {
    const beside = placed
      .filter(({ born, last }) => born <= life.last && life.born <= last)
      .sort((a, b) => a.at - b.at);
    let at = 0;
    for (const other of beside) {
      if (at + life.size <= other.at) break;
      at = Math.max(at, other.at + other.size);
    }
    placed.push({ ...life, at });
  }
  return {
    places: new Map(placed.map(({ tensor, at }) => [tensor, at])),
    bytes: Math.max(0, ...placed.map(({ at, size }) => at + size)),
  };
}
