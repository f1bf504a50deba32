/**
 * FPGA look-up tables: fits of the project's prototype measurements, 29 exact three-stage EMACs of 5 to 8 bits,
 * K = 1024, synthesised with yosys 0.55 without DSP blocks. No open data says what such a unit draws: no energy.
 */

import { COMPONENTS, type Component } from '../components.js';
import type { ComponentSource, Luts } from '../source.js';

const PIPELINE = 'operand registers, three stages, round not pipelined; no DSP blocks; synthesis only';
const FITTED: NonNullable<ComponentSource['fitted']> = {
  families: ['fixed', 'float', 'posit'],
  bits: [5, 8],
  accumulatorBits: [18, 110],
};
const IN_LUTS: Component[] = [
  'count-bits',
  'round-adder-bits',
  'isolation-bits',
  'requantize-register-bits',
  'loop2-bits',
  'loop8-bits',
  'register-bits',
  'float-round',
  'posit-round',
  'float-shift',
  'series',
];
/** Bits of s for which a loop over r bits of the sum has r · 16 cells. */
const SCALE_BITS = 16;

interface Fit {
  readonly unit: Luts['unit'];
  readonly cells: number;
  readonly mux: number;
  readonly accumulator: number;
  readonly decode: number;
  readonly constant: number;
  /** A cell of the multiplication by s: what the measured int8 affine unit has left over the fit. */
  readonly requantize: number;
  readonly quality: string;
}

function luts(fit: Fit): Luts {
  return {
    unit: fit.unit,
    coefficients: {
      constant: fit.constant,
      'multiplier-cells': fit.cells,
      'align-mux-bits': fit.mux,
      'normalise-mux-bits': fit.mux,
      'accumulator-bits': fit.accumulator,
      'code-sum-bits': fit.accumulator,
      'decode-bits': fit.decode,
      'preload-bits': fit.mux,
      'saturate-bits': fit.mux,
      'shift-mux-bits': fit.mux,
      'requantize-cells': fit.requantize,
      'loop2-constant': 2 * SCALE_BITS * fit.requantize,
      'loop8-constant': 8 * SCALE_BITS * fit.requantize,
    },
    included: IN_LUTS,
    within: 0.15,
    from: `least squares over 29 measured units, 5 to 8 bits (${fit.quality}); preload, saturation and s a power of two: multiplexers priced as those of the fit; s: what the one measured int8 affine unit has left over the rest of this formula; a loop over r bits was not measured here and has r · 16 of those cells`,
  };
}

export const ice40: ComponentSource = {
  kind: 'components',
  name: 'ice40',
  describes: 'Lattice iCE40: LUT4 after synthesis',
  pipeline: PIPELINE,
  fitted: FITTED,
  luts: luts({
    unit: 'LUT4',
    cells: 2.543,
    mux: 1.359,
    accumulator: 2.1,
    decode: 1.186,
    constant: 19.66,
    requantize: 3.23,
    quality: 'R² 0.985, leave-one-out rms 6.5 %',
  }),
};

/** ns */
const PERIOD = { constant: 5.83, 'accumulator-bits': 0.106, 'float-round': 7.9, 'posit-round': 8.96 };

export const ecp5: ComponentSource = {
  kind: 'components',
  name: 'ecp5',
  describes:
    'Lattice ECP5: packed COMB cells (two of a carry cell counted) after synthesis; LFE5U-25F-6 for the period',
  pipeline: PIPELINE.replace('synthesis only', 'COMB from synthesis, period from place and route'),
  fitted: FITTED,
  luts: luts({
    unit: 'COMB',
    cells: 3.33,
    mux: 1.83,
    accumulator: 3.84,
    decode: 1.99,
    constant: 3.8,
    requantize: 3.27,
    quality: 'R² 0.980, leave-one-out rms 7.8 %',
  }),
  period: {
    unit: 'ns',
    coefficients: PERIOD,
    included: COMPONENTS.filter((name) => !(name in PERIOD)),
    within: 0.15,
    from: 'median of three placements of each unit, least squares (rms 6.1 %, leave-one-out 7.2 %; the band is twice that)',
  },
};

export const xc7: ComponentSource = {
  kind: 'components',
  name: 'xc7',
  describes: 'AMD 7-series: LUTs after synthesis',
  pipeline: PIPELINE,
  fitted: FITTED,
  luts: luts({
    unit: 'LUT',
    cells: 2.204,
    mux: 0.8502,
    accumulator: 1.484,
    decode: 1.2,
    constant: 3.741,
    requantize: 2.71,
    quality: 'R² 0.991, leave-one-out rms 6.8 %',
  }),
};
