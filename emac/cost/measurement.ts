/** A measured multiply-accumulate unit. */
import type { NumberFormat } from '../../formats/format.js';

/** What may be measured, as the CSV's columns name it. */
export const FIGURES = ['area_um2', 'energy_fj_per_mac', 'delay_ps', 'luts'] as const;
export type Figure = (typeof FIGURES)[number];

export interface Measurement {
  /** Format and row, for messages. */
  readonly name: string;
  readonly format: NumberFormat;
  readonly k: number;
  readonly figures: Readonly<Partial<Record<Figure, number>>>;
  /** Where the figures are from, where the CSV says so. */
  readonly source: string | undefined;
}
