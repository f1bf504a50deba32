/** Places of tensors in one piece of memory: those that are needed at the same time do not overlap. */

/** What is asked of a network: tensors of cells of one size, and the steps that make and read them. */
export interface Placed {
  readonly tensors: readonly { readonly size: number }[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly steps: readonly { readonly inputs: readonly number[]; readonly output: number }[];
}

export interface Arena {
  /** First cell of every tensor that has a place; inputs and outputs are the caller's. */
  readonly places: ReadonlyMap<number, number>;
  readonly cells: number;
}

interface Life {
  readonly tensor: number;
  readonly size: number;
  readonly born: number;
  readonly last: number;
}

/** The largest first, each at the lowest place that is free as long as it is needed. */
export function arenaOf({ tensors, inputs, outputs, steps }: Placed): Arena {
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
    cells: Math.max(0, ...placed.map(({ at, size }) => at + size)),
  };
}
