/** Runs whole dot products through the cycle-true unit, and prints what its registers held. */
import { UserError } from '../../errors.js';
import { cyclesOfDot, type EmacUnit, type UnitInput } from './pipeline.js';

export interface DotRun {
  readonly code: number;
  /** Clock edges from the first product taken in to the code in the output register. */
  readonly cycles: number;
}

/**
 * Runs one dot product through the unit; `observe` sees the registers after every clock edge, counted from 1.
 * Throws UserError where K is more than the unit is built for, or the bias larger.
 */
export function runDot(
  unit: EmacUnit,
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  options: {
    readonly bias?: bigint;
    readonly randomWord?: number;
    readonly observe?: (cycle: number) => void;
  } = {},
): DotRun {
  const k = w.length;
  const bias = options.bias ?? 0n;
  if (x.length !== k)
    throw new RangeError(`runDot: ${k} weights and ${x.length} activations; give as many of each`);
  if (k > unit.spec.maxK) {
    throw new UserError(
      `K = ${k} is more than the unit is built for; its accumulator of ${unit.accumulatorBits} bits holds K ≤ ${unit.spec.maxK}`,
    );
  }
  const magnitude = bias < 0n ? -bias : bias;
  if (magnitude > (unit.spec.maxBias ?? 0n)) {
    throw new UserError(
      `a bias of ${bias} lattice units is more than the unit is built for, ±${unit.spec.maxBias ?? 0n}`,
    );
  }
  const total = cyclesOfDot(k);
  let code: number | undefined;
  for (let cycle = 1; cycle <= total; cycle++) {
    code = unit.clock(inputAt(cycle - 1, w, x, bias, options.randomWord));
    options.observe?.(cycle);
  }
  if (code === undefined) throw new RangeError(`the unit gave no code after ${total} cycles`);
  return { code, cycles: total };
}

function inputAt(
  index: number,
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  bias: bigint,
  randomWord: number | undefined,
): UnitInput | undefined {
  const cycles = Math.max(w.length, 1);
  if (index >= cycles) return undefined;
  return {
    product: w.length === 0 ? undefined : { w: w[index]!, x: x[index]! },
    position: { first: index === 0 ? 'first' : 'later', last: index === cycles - 1 ? 'last' : 'inner' },
    bias,
    ...(randomWord === undefined ? {} : { randomWord }),
  };
}

/** The registers and their widths, one line a stage. */
export function describeUnit(unit: EmacUnit): string {
  const { weights, activations, output, maxK } = unit.spec;
  const lines = [
    `${weights.name} × ${activations.name} → ${output.name}, K ≤ ${maxK}: accumulator ${unit.accumulatorBits} bits, last bit 2^${unit.latticeExponent}`,
  ];
  for (const stage of ['operands', 'multiply', 'accumulate', 'round'] as const) {
    const registers = unit.registers.filter((register) => register.stage === stage);
    lines.push(`  ${stage}: ${registers.map(({ name, bits }) => `${name}[${bits}]`).join(' ')}`);
  }
  return lines.join('\n');
}

export interface TracedRun extends DotRun {
  /** One row a clock edge: the cycle, then each register's bits in hex in the unit's order. */
  readonly rows: readonly (readonly string[])[];
  readonly columns: readonly string[];
}

/** `runDot` with every register after every clock edge. */
export function traceDot(
  unit: EmacUnit,
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  options: { readonly bias?: bigint; readonly randomWord?: number } = {},
): TracedRun {
  const rows: string[][] = [];
  const observe = (cycle: number) => {
    rows.push([String(cycle), ...unit.registers.map((register) => unit.hex(register))]);
  };
  const run = runDot(unit, w, x, { ...options, observe });
  return { ...run, rows, columns: ['cycle', ...unit.registers.map(({ name }) => name)] };
}

/** A table with columns padded to their widest cell. */
export function traceTable(trace: TracedRun): string {
  const table = [trace.columns, ...trace.rows];
  const widths = trace.columns.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  ')).join('\n');
}
