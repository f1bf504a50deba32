/**
 * The manifest beside a CSV: what ran where and how long. Host timings and tier counts stand here and not in the
 * rows, which are the same on every machine. No paths.
 */
import { availableParallelism, cpus, platform } from 'node:os';
import { basename } from 'node:path';
import type { Dataset } from '../datasets/dataset.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { packageVersion } from '../platform/version.js';
import type { Entry } from './journal.js';
import type { SweepPlan } from './plan.js';
import type { SweepSpec } from './spec.js';

export interface Failure {
  readonly point: string;
  readonly message: string;
}

export interface ManifestFacts {
  readonly spec: SweepSpec;
  readonly plan: SweepPlan;
  readonly identity: string;
  readonly dataset: Dataset;
  readonly failures: readonly Failure[];
  readonly threads: number;
  readonly milliseconds: number;
  readonly entries: readonly { readonly what: string; readonly seed: number; readonly entry: Entry }[];
}

export function writeManifest(file: string, facts: ManifestFacts): void {
  const { spec, plan, dataset, entries } = facts;
  const tiers: Record<string, number> = {};
  for (const { entry } of entries) {
    for (const [tier, count] of Object.entries(entry.host.tiers)) tiers[tier] = (tiers[tier] ?? 0) + count;
  }
  const fileName = (text: string | undefined): string | undefined =>
    text === undefined ? undefined : basename(text);
  const manifest = {
    sweep: spec.name,
    version: packageVersion(),
    identity: facts.identity,
    spec: {
      ...spec,
      dataset: fileName(spec.dataset),
      network: fileName(spec.network),
      weights: fileName(spec.weights),
      cost: spec.cost.map(fileName),
    },
    dataset: {
      name: dataset.name,
      sha256: dataset.checksum,
      train: dataset.train.count,
      test: dataset.test.count,
    },
    points: plan.points.length,
    impossible: Object.fromEntries(plan.skipped),
    merged: plan.merged,
    finished: entries.length,
    failures: facts.failures,
    host: {
      note: 'time of the emulation on this machine; no latency of any hardware',
      node: process.version,
      platform: platform(),
      processor: cpus()[0]?.model ?? 'unknown',
      cores: availableParallelism(),
      threads: facts.threads,
      milliseconds: facts.milliseconds,
      tiers,
      points: entries.map(({ what, seed, entry }) => ({ what, seed, milliseconds: entry.host.milliseconds })),
    },
  };
  writeAtomically(file, `${JSON.stringify(manifest, null, 2)}\n`);
}
