/**
 * A cost source is a record: prices with the place each comes from and how far it may be trusted. A user's own
 * table is a JSON or YAML file of the same shape. What a source does not state, it cannot price.
 */
import { z } from 'zod';
import { COMPONENTS, type Component } from './components.js';

const text = z.string().min(1).max(2000);

/** A loop makes the absolute value serial too, which saves more the wider the sum is. */
const FALLING: readonly Component[] = ['loop2-bits', 'loop8-bits'];

/** price = Σ coefficient · count over the components of a unit; `units` are what it may be stated in. */
function quantity<const U extends readonly string[]>(units: U) {
  return z
    .strictObject({
      unit: z.enum(units),
      coefficients: z.partialRecord(z.enum(COMPONENTS), z.number()).superRefine((coefficients, context) => {
        for (const name of COMPONENTS) {
          if (FALLING.includes(name) || (coefficients[name] ?? 0) >= 0) continue;
          context.addIssue({ code: 'custom', path: [name], message: 'a price is 0 or more' });
        }
      }),
      /** Components whose price is part of the coefficients above. Those in neither list cannot be priced. */
      included: z.array(z.enum(COMPONENTS)),
      /** Relative half-width within which the price is expected to be right, e.g. 0.15; absent where unknown. */
      within: z.number().positive().max(10).optional(),
      /** Where the coefficients come from. */
      from: text,
    })
    .refine(({ coefficients }) => Object.keys(coefficients).length > 0, {
      error: 'state at least one coefficient',
    });
}

const luts = quantity(['LUT4', 'COMB', 'LUT']);

/** Energies of single operations in pJ by operand width in bits. */
const operations = z.array(
  z.strictObject({ bits: z.int().positive(), pJ: z.number().positive(), from: text }),
);

const logDeviation = z.number().positive().max(10);

const common = {
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,40}$/, 'a name is lower-case letters, digits and hyphens, first a letter'),
  /** Technology and what was measured, in one line. */
  describes: text,
  /** The pipeline the prices are of, and what they leave out. */
  pipeline: text,
};

export const costSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('components'),
    ...common,
    /** What the prices were fitted to; units outside are priced as extrapolated. Absent where nothing was fitted. */
    fitted: z
      .strictObject({
        families: z.array(z.string()),
        bits: z.tuple([z.int().positive(), z.int().positive()]),
        accumulatorBits: z.tuple([z.int().positive(), z.int().positive()]),
      })
      .optional(),
    area: quantity(['um2']).optional(),
    luts: luts.optional(),
    /** Energy of every multiply-accumulate. */
    energyPerMac: quantity(['pJ']).optional(),
    /** Energy spent once a dot product, beside. */
    energyPerDot: quantity(['pJ']).optional(),
    /** Clock period. */
    period: quantity(['ns']).optional(),
    /** How far energy · period is off, in natural logarithms; absent where unknown. */
    edpError: z
      .strictObject({
        /** rms over the measured units of ln(energy · period) of the fit of all others, over that measured. */
        logDeviation,
        /** Half-width of the band in deviations: Student's t at 97.5 %. */
        quantile: z.number().positive().max(100),
        from: text,
      })
      .optional(),
    /** The same of the energy of each requantizer that was measured; units with another are outside. */
    requantizerError: z
      .strictObject({
        shift: logDeviation.optional(),
        loop2: logDeviation.optional(),
        loop4: logDeviation.optional(),
        loop8: logDeviation.optional(),
        parallel: logDeviation.optional(),
        /** Significand bits of s in the units that were measured. */
        scaleBits: z.int().positive(),
        from: text,
      })
      .optional(),
  }),
  z.strictObject({
    kind: z.literal('operations'),
    ...common,
    integerMultiply: operations,
    integerAdd: operations,
    floatMultiply: operations,
    floatAdd: operations,
  }),
]);

export type CostSource = z.infer<typeof costSourceSchema>;
export type ComponentSource = Extract<CostSource, { kind: 'components' }>;
export type OperationSource = Extract<CostSource, { kind: 'operations' }>;
export type Luts = z.infer<typeof luts>;
export type Quantity = Omit<Luts, 'unit'>;
