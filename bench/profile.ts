/** Where the time of a run goes, by kernel: every call of a heap's kernels is timed for as long as it is watched. */
import type { KernelCalls, RelaxedCalls } from '../dist/kernels/calls.js';
import type { Kernels } from '../dist/kernels/loader.js';

/** Milliseconds by kernel, and of the whole run. */
export interface Profile {
  readonly kernels: ReadonlyMap<string, number>;
  readonly whole: number;
}

/** Times the kernels `work` calls on `kernels`. */
export function profileRun(kernels: Kernels, work: () => void): Profile {
  const times = new Map<string, number>();
  const { call, relaxed } = kernels;
  const replace = (calls: KernelCalls, others: RelaxedCalls | undefined): void => {
    Object.defineProperty(kernels, 'call', { value: calls, configurable: true, writable: true });
    Object.defineProperty(kernels, 'relaxed', { value: others, configurable: true, writable: true });
  };
  replace(watched(call, times), relaxed && watched(relaxed, times));
  try {
    const from = performance.now();
    work();
    return { kernels: times, whole: performance.now() - from };
  } finally {
    replace(call, relaxed);
  }
}

/** The same calls, their time added up by name. */
function watched<Calls extends object>(calls: Calls, times: Map<string, number>): Calls {
  const functions = Object.entries(calls).filter(([, kernel]) => typeof kernel === 'function');
  const timed = functions.map(([name, kernel]) => [
    name,
    (...values: number[]) => {
      const from = performance.now();
      const result = kernel(...values);
      times.set(name, (times.get(name) ?? 0) + performance.now() - from);
      return result;
    },
  ]);
  return Object.fromEntries(timed) as Calls;
}

/** What a kernel does, by its name. */
export type Part = 'packing' | 'product' | 'rounding' | 'repair' | 'rest';

export const PARTS: readonly Part[] = ['packing', 'product', 'rounding', 'repair', 'rest'];

function partOf(kernel: string): Part {
  if (/^(pack|promote)/.test(kernel)) return 'packing';
  if (/^gemm/.test(kernel)) return 'product';
  if (/^round/.test(kernel)) return 'rounding';
  if (/^(dots|exact|repair|limbs)/.test(kernel)) return 'repair';
  return 'rest';
}

/** Milliseconds by part; `rest` is what is left of the whole, TypeScript included. */
export function partsOf({ kernels, whole }: Profile): Readonly<Record<Part, number>> {
  const parts = { packing: 0, product: 0, rounding: 0, repair: 0, rest: 0 };
  for (const [kernel, time] of kernels) parts[partOf(kernel)] += time;
  const known = parts.packing + parts.product + parts.rounding + parts.repair;
  return { ...parts, rest: Math.max(0, whole - known) };
}
