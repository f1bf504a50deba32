/**
 * Aladdin's 40 nm component table as Accelergy's plug-in ships it (accelergy-aladdin-plug-in, data/*.csv): 32-bit
 * components at 1 ns. Only adder, multiplier, register, shifter and comparator are taken; how they make up a unit,
 * and that cost goes with bits, is this project's composition.
 */

import type { Component } from '../components.js';
import type { ComponentSource } from '../source.js';

/** Two-way multiplexer bits of the table's 32-bit shifter: 5 levels of 32. */
const SHIFTER_BITS = 160;
/** Partial-product bits of its 32-bit multiplier. */
const CELLS = 1024;

const AREA = {
  cell: 6350 / CELLS,
  adderBit: 278 / 32,
  registerBit: 5.98,
  muxBit: 250 / SHIFTER_BITS,
  comparatorBit: 71 / 32,
};
const ENERGY = {
  cell: 12.68 / CELLS,
  adderBit: 0.21 / 32,
  registerBit: 0.009,
  muxBit: 0.417 / SHIFTER_BITS,
  comparatorBit: 0.0295 / 32,
};
const ACCUMULATING: Component[] = [
  'multiplier-cells',
  'decode-bits',
  'align-mux-bits',
  'accumulator-bits',
  'saturate-bits',
  'register-bits',
];
const ROUNDING: Component[] = [
  'preload-bits',
  'normalise-mux-bits',
  'count-bits',
  'round-adder-bits',
  'requantize-cells',
];
const MARKS: Component[] = ['constant', 'float-round', 'posit-round'];
const from =
  'Aladdin 40 nm at 1 ns, 32-bit adder, multiplier, register bit, shifter and comparator, each divided by its bits; one adder bit an accumulator bit; decode and preload as shifter bits';

export const aladdin40: ComponentSource = {
  kind: 'components',
  name: 'aladdin40',
  describes: 'Aladdin 40 nm component table (Accelergy plug-in), composed to the unit by bits',
  pipeline:
    'operand registers, three stages; round stage, preload and s are paid once a dot product; control is not priced; period counts 1 ns for each component in series, however wide, so it is coarse',
  area: {
    unit: 'um2',
    coefficients: {
      'multiplier-cells': AREA.cell,
      'decode-bits': AREA.muxBit,
      'align-mux-bits': AREA.muxBit,
      'accumulator-bits': AREA.adderBit,
      'preload-bits': AREA.muxBit,
      'saturate-bits': AREA.muxBit,
      'normalise-mux-bits': AREA.muxBit,
      'count-bits': AREA.comparatorBit,
      'round-adder-bits': AREA.adderBit,
      'requantize-cells': AREA.cell,
      'register-bits': AREA.registerBit,
    },
    included: [...MARKS, 'series'],
    from,
  },
  energyPerMac: {
    unit: 'pJ',
    coefficients: {
      'multiplier-cells': ENERGY.cell,
      'decode-bits': ENERGY.muxBit,
      'align-mux-bits': ENERGY.muxBit,
      'accumulator-bits': ENERGY.adderBit,
      'saturate-bits': ENERGY.muxBit,
      'register-bits': ENERGY.registerBit,
    },
    included: [...MARKS, ...ROUNDING, 'series'],
    from,
  },
  energyPerDot: {
    unit: 'pJ',
    coefficients: {
      'preload-bits': ENERGY.muxBit,
      'normalise-mux-bits': ENERGY.muxBit,
      'count-bits': ENERGY.comparatorBit,
      'round-adder-bits': ENERGY.adderBit,
      'requantize-cells': ENERGY.cell,
    },
    included: [...MARKS, ...ACCUMULATING, 'series'],
    from,
  },
  period: {
    unit: 'ns',
    coefficients: { series: 1 },
    included: [...MARKS, ...ACCUMULATING, ...ROUNDING],
    from: 'each component of the table is one that meets 1 ns',
  },
};
