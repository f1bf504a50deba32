/** What steps of an emac network are exported with, and the bound that their sums keep. */
import { UserError } from '../../../errors.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import type { CodeNetwork } from '../../plan.js';
import type { Program } from '../../program.js';
import { largestOf } from './edges.js';
import type { SumType } from './integers.js';

/** Bits of two's complement that every sum, and one more, has to fit. */
const MOST_BITS = 63;

export interface Making {
  readonly network: CodeNetwork;
  readonly program: Program;
  readonly tables: { indexOf(encoding: Encoding): { index: number; type: SumType } };
  /** By edge: codes that can occur; of an edge that is not made yet there are none. */
  readonly codes: (readonly number[])[];
}

/** The largest magnitude of the values that can occur on an edge, in units of its lattice. */
export function largestOn({ network, codes }: Making, edge: number): bigint {
  return largestOf(network.encodings[edge]!, codes[edge]!);
}

/** Throws UserError, naming the step, unless sums of this magnitude fit 63 bits. */
export function requireSum(what: string, largest: bigint, mend: string): void {
  const bits = largest.toString(2).length + 1;
  if (bits <= MOST_BITS) return;
  throw new UserError(
    `${what}: its exact sums take ${bits} bits; export-c writes up to ${MOST_BITS}: ${mend}`,
  );
}

/** 32 bits where sums and tables fit. */
export function sumType(largest: bigint, tables: readonly SumType[]): SumType {
  return largest < 2n ** 31n - 1n && tables.every((type) => type === 'int32') ? 'int32' : 'int64';
}
