/**
 * The kernels that need relaxed SIMD, where the engine has it and computes what we count on. Relaxed instructions may
 * differ between machines outside the operands they are meant for; inside they may not, and a test at load says so.
 */
import type { RelaxedCalls } from './calls.js';
import { abort, moduleOf } from './modules.js';

/** Values of k in the test at load: two steps of four. */
const K = 8;
const ROWS = 128;
const COLUMNS = 256;

const probed = new Map<WebAssembly.Module, boolean>();

/** The compiled module; undefined where there is none, or the engine lacks relaxed SIMD or fails the test. */
export function relaxedModule(): WebAssembly.Module | undefined {
  const module = moduleOf('relaxed');
  if (module === undefined) return undefined;
  if (!probed.has(module)) probed.set(module, isRight(module));
  return probed.get(module) ? module : undefined;
}

function isRight(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const { exports } = new WebAssembly.Instance(module, { env: { memory, abort } });
  return sumsAreRight((exports as unknown as RelaxedCalls).gemmInt8, memory.buffer);
}

/**
 * Every second operand 0..127 against every first −128..127: equal pairs, which reach the ends of the int16 sums, and
 * pairs of different values.
 */
function sumsAreRight(gemmInt8: RelaxedCalls['gemmInt8'], buffer: SharedArrayBuffer): boolean {
  const [a, b, start, c] = [0, ROWS * K, ROWS * K + COLUMNS * K, 65_536] as const;
  new Int32Array(buffer, start, COLUMNS).fill(0);
  for (const turn of [0, 37] as const) {
    const first = (column: number, p: number) => ((column + turn * p) & 255) - 128;
    const second = (row: number, p: number) => (row * (turn === 0 ? 1 : 2 * p + 1)) & 127;
    panels(new Uint8Array(buffer, a, ROWS * K), 4, second);
    panels(new Int8Array(buffer, b, COLUMNS * K), 8, first);
    gemmInt8(ROWS, COLUMNS, K, 1, a, b, start, c);
    const sums = new Int32Array(buffer, c, ROWS * COLUMNS);
    for (let at = 0; at < sums.length; at++) {
      let sum = 0;
      for (let p = 0; p < K; p++) sum += second(at >> 8, p) * first(at & 255, p);
      if (sums[at] !== sum) return false;
    }
  }
  return true;
}

/** Values of (row, p) in panels [rows/tile][K/4][tile][4]. */
function panels(out: Uint8Array | Int8Array, tile: number, value: (row: number, p: number) => number): void {
  for (let row = 0; row < out.length / K; row++) {
    for (let p = 0; p < K; p++) {
      const panel = (row - (row % tile)) * K + (p >> 2) * tile * 4;
      out[panel + (row % tile) * 4 + (p & 3)] = value(row, p);
    }
  }
}
