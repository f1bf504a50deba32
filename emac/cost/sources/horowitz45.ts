/**
 * Horowitz, "Computing's energy problem" (ISSCC 2014): 45 nm, 0.9 V, energy of single operations. Only what four
 * independent copies of the table agree on is taken; 16-bit integer multiplication and 8-bit floats in copies of it
 * are their authors' estimates, and a shifter, decoder or wide adder is not in it at all.
 */
import type { OperationSource } from '../source.js';

const from = 'Horowitz ISSCC 2014, 45 nm, 0.9 V';

export const horowitz45: OperationSource = {
  kind: 'operations',
  name: 'horowitz45',
  describes: 'Horowitz ISSCC 2014, 45 nm: plain integer and IEEE float multiplications and additions',
  pipeline: 'one multiplication and one addition; no decode, alignment, rounding, registers, area or period',
  integerMultiply: [
    { bits: 8, pJ: 0.2, from },
    { bits: 32, pJ: 3.1, from },
  ],
  integerAdd: [
    { bits: 8, pJ: 0.03, from },
    { bits: 16, pJ: 0.05, from: `${from} (one copy has 0.06)` },
    { bits: 32, pJ: 0.1, from },
  ],
  floatMultiply: [
    { bits: 16, pJ: 1.1, from },
    { bits: 32, pJ: 3.7, from: `${from} (one copy has 4.5)` },
  ],
  floatAdd: [
    { bits: 16, pJ: 0.4, from: `${from} (one copy has 0.45)` },
    { bits: 32, pJ: 0.9, from },
  ],
};
