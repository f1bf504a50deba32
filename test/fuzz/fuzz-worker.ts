/** Reads case after case in a thread of its own, so that one that hangs or takes all memory ends only itself. */
import { rmSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import '../../platform/kernel-files.js';
import { faultOfError, halfWritten } from './fault.js';
import { Cases } from './kinds.js';

export interface Range {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export type Said =
  | { readonly kind: 'ready'; readonly home: string }
  | { readonly kind: 'begun'; readonly index: number }
  | {
      readonly kind: 'ended';
      readonly index: number;
      readonly what: string;
      readonly fault: string | undefined;
    };

/** Buffers a case may hold, in bytes; the heap is bounded by the thread's own limits. */
const MOST_BUFFERS = 2 ** 28;

const { seed, from, to, step } = workerData as Range;
const say = (said: Said): void => parentPort!.postMessage(said);
const cases = new Cases(seed);
say({ kind: 'ready', home: cases.home });

for (let index = from; index < to; index += step) {
  const { kind, folder, subject } = await cases.make(index);
  say({ kind: 'begun', index });
  const before = process.memoryUsage().arrayBuffers;
  let outcome = 'read';
  let fault: string | undefined;
  try {
    await subject.read(folder);
  } catch (error) {
    outcome = 'refused';
    fault = faultOfError(error);
  }
  const taken = process.memoryUsage().arrayBuffers - before;
  if (taken > MOST_BUFFERS) fault ??= `${taken} bytes of buffers`;
  fault ??= halfWritten(folder);
  say({ kind: 'ended', index, what: `${kind} ${outcome}`, fault });
  // a faulty case stays to be looked at
  if (fault === undefined) rmSync(folder, { recursive: true });
}
