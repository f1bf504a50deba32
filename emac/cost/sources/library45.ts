/**
 * 45 nm standard cells (Nangate 45 typical, 1.1 V): the fits of the project's prototype measurements, 29 exact
 * three-stage EMACs of 5 to 8 bits (fixed, float, posit), K = 1024, mapped with yosys and abc, energy by gate-level
 * simulation with glitches. Residuals: area rms 4.0 %, leave-one-out 4.8 %; energy 9.6 % and 11.6 %; delay 9.8 %
 * and 11.3 %.
 */
import type { ComponentSource } from '../source.js';

const fit = 'least squares over 29 measured units, 5 to 8 bits';
const composed = 'multiplexers priced as those of the fit';

export const library45: ComponentSource = {
  kind: 'components',
  name: 'library45',
  describes: 'Nangate 45 nm typical, 1.1 V: mapped gates, no placement, no clock tree, no wires',
  pipeline:
    'operand registers, three stages, round not pipelined and not isolated; energy without leakage; period is logic only (static timing with flip-flops and wire loads is 1.2 to 1.6 times that); cycles of s are not in the period',
  fitted: { families: ['fixed', 'float', 'posit'], bits: [5, 8], accumulatorBits: [18, 110] },
  area: {
    unit: 'um2',
    coefficients: {
      constant: 182,
      'multiplier-cells': 9.1,
      'align-mux-bits': 4.35,
      'normalise-mux-bits': 4.35,
      'accumulator-bits': 13.2,
      'decode-bits': 2.2,
      'preload-bits': 4.35,
      'saturate-bits': 4.35,
      'requantize-cells': 6.14,
    },
    included: ['count-bits', 'round-adder-bits', 'register-bits', 'float-round', 'posit-round', 'series'],
    within: 0.15,
    from: `${fit} (R² 0.989, leave-one-out rms 4.8 %); preload and saturation: ${composed}; s: what the one measured int8 affine unit (7661 µm², 32 × 31 multiplier) has left over the rest of this formula`,
  },
  energyPerMac: {
    unit: 'pJ',
    coefficients: {
      constant: 0.262,
      'multiplier-cells': 0.0297,
      'align-mux-bits': 0.0103,
      'normalise-mux-bits': 0.0103,
      'accumulator-bits': 0.009,
      'decode-bits': 0.00157,
      'saturate-bits': 0.0103,
    },
    included: [
      'preload-bits',
      'requantize-cells',
      'count-bits',
      'round-adder-bits',
      'register-bits',
      'float-round',
      'posit-round',
      'series',
    ],
    within: 0.25,
    from: `${fit}, dynamic with glitches and clock pins (R² 0.918, leave-one-out rms 11.6 %); preload and s are paid once a dot product`,
  },
  energyPerDot: {
    unit: 'pJ',
    coefficients: { 'preload-bits': 0.0103, 'requantize-cells': 0.0297 },
    included: [
      'constant',
      'multiplier-cells',
      'align-mux-bits',
      'normalise-mux-bits',
      'accumulator-bits',
      'decode-bits',
      'saturate-bits',
      'count-bits',
      'round-adder-bits',
      'register-bits',
      'float-round',
      'posit-round',
      'series',
    ],
    from: 'one evaluation of an isolated multiplier by s and of the preload multiplexers, priced as multiplier cells and multiplexers of the fit',
  },
  period: {
    unit: 'ns',
    coefficients: { constant: 0.045, 'accumulator-bits': 0.0223, 'float-round': 0.257, 'posit-round': 0.411 },
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
    within: 0.23,
    from: 'abc delay, least squares over the same units (rms 9.8 %, leave-one-out 11.3 %; the band is twice that)',
  },
};
