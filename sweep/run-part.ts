/** What a thread that took some batches of a run gives back, and the sum over all threads. */
import type { CodeTally } from '../networks/plan.js';
import type { RowValues } from './columns.js';

/** What was counted over some batches; sums over all batches do not depend on who took which. */
export interface Tally {
  readonly ties: number;
  readonly nanLogits: number;
  /** Of a plan that counts codes, undefined of another. */
  readonly codes: CodeTally | undefined;
}

/** What the plan alone says, the same in every thread: columns, and those of each cost source and number of units. */
export interface Description {
  readonly columns: RowValues;
  readonly costs: readonly RowValues[];
}

export interface Part {
  readonly tally: Tally;
  readonly milliseconds: number;
  /** From the first thread of a run only. */
  readonly description: Description | undefined;
}

function addTo(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

/** The counts of all threads of a run; at least one. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const [first, ...others] = tallies;
  return others.reduce(addTallies, first!);
}

function addTallies(a: Tally, b: Tally): Tally {
  return {
    ties: a.ties + b.ties,
    nanLogits: a.nanLogits + b.nanLogits,
    codes: a.codes && b.codes && addCodeTallies(a.codes, b.codes),
  };
}

function addCodeTallies(a: CodeTally, b: CodeTally): CodeTally {
  const tiers = { ...a.tiers };
  addTo(tiers, b.tiers);
  return {
    overflows: a.overflows + b.overflows,
    edges: a.edges.map(([name, counts], index) => {
      const [, more] = b.edges[index]!;
      const { atMax, atMin, zeros, total } = counts;
      return [
        name,
        {
          atMax: atMax + more.atMax,
          atMin: atMin + more.atMin,
          zeros: zeros + more.zeros,
          total: total + more.total,
        },
      ] as const;
    }),
    tiers,
  };
}

/** What was counted between two looks at a plan's tally. */
export function talliedSince(
  before: CodeTally | undefined,
  after: CodeTally | undefined,
): CodeTally | undefined {
  if (!before || !after) return after;
  const tiers = Object.entries(after.tiers).map(([tier, count]) => [tier, count - (before.tiers[tier] ?? 0)]);
  return {
    overflows: after.overflows - before.overflows,
    edges: after.edges.map(([name, { atMax, atMin, zeros, total }], index) => {
      const [, less] = before.edges[index]!;
      return [
        name,
        {
          atMax: atMax - less.atMax,
          atMin: atMin - less.atMin,
          zeros: zeros - less.zeros,
          total: total - less.total,
        },
      ] as const;
    }),
    tiers: Object.fromEntries(tiers),
  };
}
