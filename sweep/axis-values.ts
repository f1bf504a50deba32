/** The values of axes that have a grammar of their own: read from what is written, and written again in one spelling. */
import { type Accumulator, accumulatorName, parseAccumulator } from '../emac/layer/choices.js';
import type { Dataflow } from '../networks/dataflows/dataflow.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import { parseQuantizer, type Quantizer, quantizerName } from '../quantizers/quantizer.js';
import { type FormatChoice, readChoice, type WrittenChoice, writeChoice } from './choice.js';
import type { NameKind } from './fields.js';

/** What a point holds. */
export interface NamedValues {
  readonly format: FormatChoice;
  readonly quantizer: Quantizer;
  readonly accumulator: Accumulator;
  readonly dataflow: Dataflow;
  /** A name, or a path, which only this machine can read. */
  readonly cost: string;
}

/** What stands in files and goes to other threads. */
export interface WrittenNames extends Record<Exclude<NameKind, 'format'>, string> {
  readonly format: WrittenChoice;
}

interface Grammar<Kind extends NameKind> {
  /** Throws UserError for what is no such name, with what is allowed. */
  read(written: WrittenNames[Kind]): NamedValues[Kind];
  write(value: NamedValues[Kind]): WrittenNames[Kind];
}

export const GRAMMARS: { readonly [Kind in NameKind]: Grammar<Kind> } = {
  format: { read: readChoice, write: writeChoice },
  quantizer: { read: parseQuantizer, write: quantizerName },
  accumulator: { read: parseAccumulator, write: accumulatorName },
  dataflow: { read: getDataflow, write: ({ name }) => name },
  cost: { read: (name) => name, write: (name) => name },
};
