/**
 * FPGA look-up tables: fits of the project's prototype measurements, 29 exact three-stage EMACs of 5 to 8 bits,
 * K = 1024, synthesised with yosys 0.55 without DSP blocks. No open data says what such a unit draws: no energy.
 */

import type { Component } from '../components.js';
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
  'register-bits',
  'float-round',
  'posit-round',
  'series',
];

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
      'decode-bits': fit.decode,
      'preload-bits': fit.mux,
      'saturate-bits': fit.mux,
      'requantize-cells': fit.requantize,
    },
    included: IN_LUTS,
    within: 0.15,
    from: `least squares over 29 measured units, 5 to 8 bits (${fit.quality}); preload and saturation: multiplexers priced as those of the fit; s: what the one measured int8 affine unit has left over the rest of this formula`,
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
    cells: 2.38,
    mux: 1.29,
    accumulator: 2.89,
    decode: 0.98,
    constant: 9.7,
    requantize: 3.25,
    quality: 'R² 0.983, leave-one-out rms 6.6 %',
  }),
};

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
    coefficients: { constant: 5.83, 'accumulator-bits': 0.106, 'float-round': 7.9, 'posit-round': 8.96 },
    included: [
      'multiplier-cells',
      'align-mux-bits',
      'normalise-mux-bits',
      'decode-bits',
      'preload-bits',
      'saturate-bits',
      'requantize-cells',
      'count-bits',
      'round-adder-bits',
      'register-bits',
      'series',
    ],
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
    cells: 2.05,
    mux: 0.8,
    accumulator: 1.95,
    decode: 1.11,
    constant: 0,
    requantize: 2.73,
    quality: 'R² 0.982, leave-one-out rms 7.4 %',
  }),
};
