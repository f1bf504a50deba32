/** What a sweep has to do, and what of it the journal has: entries that are sound and ran on one set of weights. */
import { type Entry, entryKey, type Journal } from './journal.js';
import type { SweepPlan } from './plan.js';
import { type Point, writePoint } from './point.js';
import type { SweepProgress } from './progress.js';

/** One entry of the journal: a float32 baseline or a point. */
export type Task =
  | { readonly kind: 'baseline'; readonly seed: number; readonly key: string }
  | { readonly kind: 'point'; readonly seed: number; readonly key: string; readonly point: Point };

/** Baseline of a seed first, then its points in the plan's order. */
export function tasksOf(plan: SweepPlan, identity: string): Task[] {
  return plan.seeds.flatMap((seed): Task[] => [
    { kind: 'baseline', seed, key: entryKey(identity, { baseline: seed }) },
    ...plan.points
      .filter((point) => point.seed === seed)
      .map((point): Task => ({ kind: 'point', seed, key: entryKey(identity, writePoint(point)), point })),
  ]);
}

/** What the journal has of the tasks, by key; damaged files are reported. */
export function keptEntries(
  journal: Journal,
  tasks: readonly Task[],
  progress: SweepProgress,
): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { key } of tasks) {
    const kept = journal.read(key);
    if (kept === 'damaged') {
      progress.note(`${journal.fileOf(key)} is damaged: its point is computed again`);
    } else if (kept !== 'missing') entries.set(key, kept);
  }
  dropDoubtfulBaselines(tasks, entries);
  return entries;
}

/**
 * Where the entries of a seed do not agree on their weights, its baseline is dropped: the seed then gets its weights
 * again, and `seedContexts` sees which entries ran on others.
 */
function dropDoubtfulBaselines(tasks: readonly Task[], entries: Map<string, Entry>): void {
  const weights = new Map<number, Set<string | undefined>>();
  for (const { seed, key } of tasks) {
    const entry = entries.get(key);
    if (entry) weights.set(seed, (weights.get(seed) ?? new Set()).add(weightsOf(entry)));
  }
  for (const { kind, seed, key } of tasks) {
    if (kind === 'baseline' && (weights.get(seed)?.size ?? 0) > 1) entries.delete(key);
  }
}

/** The weights an entry ran on, as its rows say. */
export function weightsOf(entry: Entry | undefined): string | undefined {
  return entry?.rows[0]?.weights_hash;
}
