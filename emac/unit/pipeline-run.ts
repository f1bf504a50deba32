/** Runs whole dot products through the cycle-true unit, and prints what its registers held. */
import { UserError } from '../../errors.js';
import { multiplierText } from './multiplier.js';
import type { EmacUnit } from './pipeline.js';
import { PIPELINE_STAGES } from './registers.js';
import type { Requantizer } from './requantizer.js';
import type { UnitInput } from './spec.js';

export interface Dot {
  readonly w: ArrayLike<number>;
  readonly x: ArrayLike<number>;
  /** In lattice units; 0 by default. */
  readonly bias?: bigint;
  /** The 32-bit word of stochastic rounding. */
  readonly randomWord?: number;
}

export interface DotRun {
  readonly code: number;
  /** Clock edges from the first product taken in to the code in the output register. */
  readonly cycles: number;
}

/**
 * Runs one dot product through a unit that is idle; `observe` sees the registers after every clock edge, counted from
 * 1. Throws UserError where K is more than the unit is built for, or the bias larger.
 */
export function runDot(
  unit: EmacUnit,
  w: ArrayLike<number>,
  x: ArrayLike<number>,
  options: Omit<Dot, 'w' | 'x'> & { readonly observe?: (cycle: number) => void } = {},
): DotRun {
  return runDots(unit, [{ w, x, ...options }], options.observe)[0]!;
}

/**
 * Runs dot products back to back: each product is offered as soon as the one before was taken. `cycles` of each are
 * counted from the first product of all, so the last one's are those of the whole. Throws as `runDot`.
 */
export function runDots(
  unit: EmacUnit,
  dots: readonly Dot[],
  observe: (cycle: number) => void = () => undefined,
): DotRun[] {
  for (const dot of dots) checkDot(unit, dot);
  const inputs = dots.flatMap(inputsOf);
  const runs: DotRun[] = [];
  const longest = inputs.length * unit.cyclesOfDot(1);
  let at = 0;
  for (let cycle = 1; runs.length < dots.length; cycle++) {
    if (cycle > longest) throw new RangeError(`the unit gave ${runs.length} codes in ${longest} cycles`);
    const offered = inputs[at];
    const taken = offered && unit.takes(offered) ? offered : undefined;
    if (taken) at++;
    const code = unit.clock(taken);
    observe(cycle);
    if (code !== undefined) runs.push({ code, cycles: cycle });
  }
  return runs;
}

function checkDot(unit: EmacUnit, { w, x, bias = 0n }: Dot): void {
  const k = w.length;
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
}

/** One input a product; one without a product where there is none. */
function inputsOf({ w, x, bias = 0n, randomWord }: Dot): UnitInput[] {
  const edges = Math.max(w.length, 1);
  return Array.from({ length: edges }, (_, index) => ({
    product: w.length === 0 ? undefined : { w: w[index]!, x: x[index]! },
    position: { first: index === 0 ? 'first' : 'later', last: index === edges - 1 ? 'last' : 'inner' },
    bias,
    ...(randomWord === undefined ? {} : { randomWord }),
  }));
}

/** The registers and their widths, one line a stage. */
export function describeUnit(unit: EmacUnit): string {
  const { weights, activations, output, maxK } = unit.spec;
  const lines = [
    `${weights.name} × ${activations.name} → ${output.name}, K ≤ ${maxK}: accumulator ${unit.accumulatorBits} bits, last bit 2^${unit.latticeExponent}`,
  ];
  if (unit.requantizer.kind !== 'none') {
    lines.push(
      `${multiplierText(unit.multiplier)}: ${requantizerText(unit.requantizer, unit.accumulatorBits)}`,
    );
  }
  for (const stage of PIPELINE_STAGES) {
    const registers = unit.registers.filter((register) => register.stage === stage);
    if (registers.length === 0) continue;
    lines.push(`  ${stage}: ${registers.map(({ name, bits }) => `${name}[${bits}]`).join(' ')}`);
  }
  return lines.join('\n');
}

function requantizerText(requantizer: Requantizer, width: number): string {
  switch (requantizer.kind) {
    case 'none':
      return 'nothing to multiply';
    case 'shift':
      return 'its exponent is added in the round stage';
    case 'loop': {
      const { digits, digitBits, roundCycles } = requantizer;
      const round = roundCycles === 1 ? 'one cycle' : 'two cycles';
      return `a loop over ${digits} digits of the sum, ${digitBits} bits a cycle; the round stage takes ${round}`;
    }
    case 'parallel':
      return `a ${width} × ${requantizer.scaleBits} multiplier of two stages${requantizer.lanes === 1 ? '' : `, shared by ${requantizer.lanes}`}`;
    default:
      return requantizer satisfies never;
  }
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
  options: Omit<Dot, 'w' | 'x'> = {},
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
