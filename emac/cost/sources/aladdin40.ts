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
  'code-sum-bits',
  'saturate-bits',
  'isolation-bits',
  'requantize-register-bits',
  'register-bits',
];
const ROUNDING: Component[] = [
  'preload-bits',
  'normalise-mux-bits',
  'count-bits',
  'round-adder-bits',
  'shift-mux-bits',
  'requantize-cells',
  'loop2-bits',
  'loop8-bits',
];
const LOOP_CELLS: Component[] = ['loop2-constant', 'loop8-constant'];
const MARKS: Component[] = ['constant', 'float-round', 'posit-round', 'float-shift'];
/** Bits of s: a loop over r bits of the sum has r · 16 cells, and evaluates 16 for each bit of the sum. */
const SCALE_BITS = 16;
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
      'code-sum-bits': AREA.adderBit,
      'preload-bits': AREA.muxBit,
      'saturate-bits': AREA.muxBit,
      'normalise-mux-bits': AREA.muxBit,
      'count-bits': AREA.comparatorBit,
      'round-adder-bits': AREA.adderBit,
      'shift-mux-bits': AREA.muxBit,
      'requantize-cells': AREA.cell,
      'loop2-constant': 2 * SCALE_BITS * AREA.cell,
      'loop8-constant': 8 * SCALE_BITS * AREA.cell,
      'isolation-bits': AREA.registerBit,
      'requantize-register-bits': AREA.registerBit,
      'register-bits': AREA.registerBit,
    },
    included: [...MARKS, 'loop2-bits', 'loop8-bits', 'series'],
    from,
  },
  energyPerMac: {
    unit: 'pJ',
    coefficients: {
      'multiplier-cells': ENERGY.cell,
      'decode-bits': ENERGY.muxBit,
      'align-mux-bits': ENERGY.muxBit,
      'accumulator-bits': ENERGY.adderBit,
      'code-sum-bits': ENERGY.adderBit,
      'saturate-bits': ENERGY.muxBit,
      'isolation-bits': ENERGY.registerBit,
      'requantize-register-bits': ENERGY.registerBit,
      'register-bits': ENERGY.registerBit,
    },
    included: [...MARKS, ...ROUNDING, ...LOOP_CELLS, 'series'],
    from,
  },
  energyPerDot: {
    unit: 'pJ',
    coefficients: {
      'preload-bits': ENERGY.muxBit,
      'normalise-mux-bits': ENERGY.muxBit,
      'count-bits': ENERGY.comparatorBit,
      'round-adder-bits': ENERGY.adderBit,
      'shift-mux-bits': ENERGY.muxBit,
      'requantize-cells': ENERGY.cell,
      'loop2-bits': SCALE_BITS * ENERGY.cell,
      'loop8-bits': SCALE_BITS * ENERGY.cell,
    },
    included: [...MARKS, ...ACCUMULATING, ...LOOP_CELLS, 'series'],
    from,
  },
  period: {
    unit: 'ns',
    coefficients: { series: 1 },
    included: [...MARKS, ...ACCUMULATING, ...ROUNDING, ...LOOP_CELLS],
    from: 'each component of the table is one that meets 1 ns',
  },
};
