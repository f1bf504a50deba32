/** What a dataflow is: one way to run a program, from images to classes. */
import type { LayerChoices } from '../../emac/layer/choices.js';
import type { NumberFormat, RoundingMode } from '../../formats/format.js';
import type { Kernels } from '../../kernels/loader.js';
import type { Plan } from '../plan.js';
import type { EncodingTable, Program } from '../program.js';

/** What a plan is compiled into: its largest batch, and the heap it lies on, which the caller clears between plans. */
export interface Room {
  readonly batch: number;
  readonly kernels: Kernels;
}

/** Choices of a layer that a dataflow may have or not; the seed is everybody's. */
export type ChoiceName = Exclude<keyof LayerChoices, 'seed'>;

/** What a combination of a sweep has, whatever the network. */
export interface Combination {
  readonly weights: readonly NumberFormat[];
  readonly activations: readonly NumberFormat[];
  readonly granularity: 'tensor' | 'channel';
  readonly mode: RoundingMode;
}

export interface Dataflow {
  /** Lower-case letters, digits and hyphens: as specs and rows write it. */
  readonly name: string;
  /** In a few words, for help and documents. */
  readonly meaning: string;
  /** `every edge and layer`: the table has an encoding of each. `none`: it runs in float32 and looks at no table. */
  readonly encodings: 'every edge and layer' | 'none';
  /**
   * A value for each choice that this dataflow does not have: points of a sweep that differ only in these are one
   * point. Choices that are left out are real ones.
   */
  readonly fixed: Partial<Readonly<Pick<LayerChoices, ChoiceName>>>;
  /**
   * Why no network runs in such a combination, in words that say what would; undefined where one may. Sweeps leave these
   * out; left out itself where every combination may run.
   */
  readonly refuses?: (combination: Combination) => string | undefined;
  /**
   * Throws UserError where an edge or a layer has no encoding that it needs, or a choice does not fit the formats. The
   * table of a dataflow without encodings may be empty.
   */
  compile(program: Program, table: EncodingTable, choices: LayerChoices, room: Room): Plan;
}
