/**
 * 45 nm standard cells (Nangate 45 typical, 1.1 V): the fits of the project's prototype measurements, 29 exact
 * three-stage EMACs of 5 to 8 bits (fixed, float, posit), K = 1024, mapped with yosys and abc, energy by gate-level
 * simulation with glitches, by `fitCost`; and the requantizers measured on six 8-bit units with s of 16 bits.
 */
import { COMPONENTS, type Component } from '../components.js';
import type { ComponentSource } from '../source.js';

/** Coefficients that `fitCost` gives of the 29 units. */
const AREA = {
  constant: 223.4,
  'multiplier-cells': 9.8,
  'align-mux-bits': 4.774,
  'normalise-mux-bits': 4.774,
  'accumulator-bits': 9.77,
  'decode-bits': 2.459,
} as const;
const ENERGY = {
  constant: 0.3213,
  'multiplier-cells': 0.0318,
  'align-mux-bits': 0.01119,
  'normalise-mux-bits': 0.01119,
  'accumulator-bits': 0.001453,
  'decode-bits': 0.003422,
} as const;
const PERIOD = {
  constant: 0.04532,
  'accumulator-bits': 0.02234,
  'float-round': 0.2793,
  'posit-round': 0.411,
} as const;

/** Over a unit whose s is a power of two: µm², and pJ a dot product, as functions of W and of W · scaleBits. */
const REQUANTIZER_AREA = {
  'isolation-bits': 6.9,
  'requantize-cells': 6.56,
  'loop2-constant': 683,
  'loop2-bits': -6.0,
  'loop8-constant': 1338,
  'loop8-bits': -4.46,
} as const;
const REQUANTIZER_ENERGY = {
  'requantize-cells': 0.0191,
  'loop2-constant': 6.72,
  'loop2-bits': 0.2232,
  'loop8-constant': 11.7,
  'loop8-bits': 0.098,
} as const;

/** pJ of a flip-flop in every cycle, its clock not gated. */
const FLIP_FLOP_ENERGY = 0.0086;

/**
 * ns: a power of two lengthens the round stage of float8e4m3 from 1.54 to 2.05 ns by static timing; its period here is
 * 1.33 ns, lengthened by the same share.
 */
const FLOAT_SHIFT = 0.44;

/** Everything else a unit has is paid for by those. */
function allBut(...priced: readonly object[]): Component[] {
  const names = new Set(priced.flatMap((prices) => Object.keys(prices)));
  return COMPONENTS.filter((name) => !names.has(name));
}

const AREAS = {
  ...AREA,
  ...REQUANTIZER_AREA,
  'preload-bits': AREA['align-mux-bits'],
  'saturate-bits': AREA['align-mux-bits'],
  'shift-mux-bits': AREA['align-mux-bits'],
  'code-sum-bits': AREA['accumulator-bits'],
};
const ENERGIES = {
  ...ENERGY,
  'saturate-bits': ENERGY['align-mux-bits'],
  'code-sum-bits': ENERGY['accumulator-bits'],
  'requantize-register-bits': FLIP_FLOP_ENERGY,
};
const ENERGIES_ONCE = {
  ...REQUANTIZER_ENERGY,
  'preload-bits': ENERGY['align-mux-bits'],
  'shift-mux-bits': ENERGY['align-mux-bits'],
};
const PERIODS = { ...PERIOD, 'float-shift': FLOAT_SHIFT };

const fit = 'relative least squares over 29 measured units, 5 to 8 bits';
const composed = 'multiplexers priced as those of the fit';

export const library45: ComponentSource = {
  kind: 'components',
  name: 'library45',
  describes: 'Nangate 45 nm typical, 1.1 V: mapped gates, no placement, no clock tree, no wires',
  pipeline:
    'operand registers, three stages, round not pipelined, isolated where a loop or a multiplier of s stands before it; energy without leakage, clock not gated; period is logic only (static timing with flip-flops and wire loads is 1.2 to 1.6 times that)',
  // affine and pow2int units are those of fixed; widths lie within two bits of the 19 to 108 that were measured
  fitted: {
    families: ['fixed', 'affine', 'pow2int', 'float', 'posit'],
    bits: [5, 8],
    accumulatorBits: [18, 110],
  },
  area: {
    unit: 'um2',
    coefficients: AREAS,
    included: allBut(AREAS),
    within: 0.0794,
    from: `${fit} (R² 0.990, rms 3.3 %, leave-one-out rms 4.0 %; the band is twice that); preload, saturation and s a power of two: ${composed}; other s: six measured units`,
  },
  energyPerMac: {
    unit: 'pJ',
    coefficients: ENERGIES,
    included: allBut(ENERGIES),
    within: 0.205,
    from: `${fit}, dynamic with glitches and clock pins (R² 0.943, rms 8.7 %, leave-one-out rms 10.3 %; the band is twice that); preload and s are paid once a dot product, flip-flops of a requantizer in every cycle; a register that holds the sum still saves in the round stage what its clock takes (−7 to +5 % of the unit, measured)`,
  },
  energyPerDot: {
    unit: 'pJ',
    coefficients: ENERGIES_ONCE,
    included: allBut(ENERGIES_ONCE),
    from: 'one multiplication by s of six measured units (16 bits of s); preload and s a power of two: multiplexers priced as those of the fit',
  },
  period: {
    unit: 'ns',
    coefficients: PERIODS,
    included: allBut(PERIODS),
    within: 0.2254,
    from: 'abc delay, relative least squares over the same units (R² 0.919, rms 9.8 %, leave-one-out rms 11.3 %; the band is twice that); s a power of two in the round of a float: static timing of one unit, in proportion',
  },
  edpError: {
    logDeviation: 0.18,
    quantile: 2.06,
    from: 'leave-one-out rms of ln(energy · period) over 29 units, both left out together',
  },
  requantizerError: {
    // of two measured differences, 0.4 and 0.8 pJ a dot product, ln(price / measured) is 0.69 and −0.46
    shift: 0.59,
    loop2: 0.13,
    loop4: 0.14,
    loop8: 0.14,
    parallel: 0.16,
    scaleBits: 16,
    from: 'leave-one-out errors of the energy over six measured units; a loop of 4 bits lies half way between 2 and 8 and has the larger of their errors, an interpolation',
  },
};
