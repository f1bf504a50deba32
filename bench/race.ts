/**
 * Contestants measured in turn, in short slices: A B C, B C A, … What disturbs the machine for longer than a round
 * then disturbs all of them, and ratios are taken round by round.
 */

export interface Contestant {
  readonly name: string;
  /** One run of the work. */
  run(): void | Promise<void>;
}

export interface RaceOptions {
  readonly rounds: number;
  /** Milliseconds one contestant works before the next one's turn. */
  readonly slice: number;
  /** Milliseconds a slow contestant may take in all; it then sits out the last rounds. */
  readonly patience: number;
}

/** Milliseconds a run took, one a round; NaN where a slow contestant sat out. */
export type Times = ReadonlyMap<string, readonly number[]>;

/** Runs enough for the engine to have compiled the WebAssembly and the loops around it at its best. */
const WARM_RUNS = 3;
const WARM_MILLISECONDS = 40;

export async function race(contestants: readonly Contestant[], options: RaceOptions): Promise<Times> {
  const times = new Map<string, number[]>();
  const repeats = new Map<string, number>();
  const spent = new Map<string, number>();
  for (const contestant of contestants) {
    if (times.has(contestant.name)) throw new Error(`race: two contestants are called ${contestant.name}`);
    times.set(contestant.name, []);
    const { best, total } = await warmUp(contestant, options.patience);
    repeats.set(contestant.name, Math.max(1, Math.round(options.slice / best)));
    spent.set(contestant.name, total > options.patience / 2 ? total : 0);
  }
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const contestant = contestants[(round + turn) % contestants.length]!;
      const own = times.get(contestant.name)!;
      if (round > 0 && spent.get(contestant.name)! > options.patience) {
        own.push(Number.NaN);
        continue;
      }
      const time = await timeOf(contestant, repeats.get(contestant.name)!);
      spent.set(contestant.name, spent.get(contestant.name)! + time);
      own.push(time / repeats.get(contestant.name)!);
    }
  }
  return times;
}

async function warmUp(contestant: Contestant, patience: number): Promise<{ best: number; total: number }> {
  let best = Number.POSITIVE_INFINITY;
  let total = 0;
  for (let run = 0; run < WARM_RUNS || total < WARM_MILLISECONDS; run++) {
    const time = await timeOf(contestant, 1);
    best = Math.min(best, time);
    total += time;
    if (total > patience / 2) break;
  }
  return { best, total };
}

async function timeOf(contestant: Contestant, repeats: number): Promise<number> {
  const from = performance.now();
  for (let i = 0; i < repeats; i++) {
    const pending = contestant.run();
    // awaiting what is not a promise would give the turn away for nothing
    if (pending !== undefined) await pending;
  }
  return performance.now() - from;
}
