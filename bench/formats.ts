/** Which formats are measured. */
import { UserError } from '../dist/errors.js';
import { getFormat } from '../dist/formats/registry.js';

export interface Case {
  readonly format: string;
  /** `rounding` or `linear`; as the project's command line writes it. */
  readonly quantizer: string;
}

/** One of each kind: what the tables of layers, codecs and networks show. */
export const CHOSEN: readonly Case[] = [
  { format: 'posit8es0', quantizer: 'rounding' },
  { format: 'posit8es1', quantizer: 'rounding' },
  { format: 'posit8es2', quantizer: 'linear' },
  { format: 'posit6es1', quantizer: 'linear' },
  { format: 'float8e4m3fn', quantizer: 'linear' },
  { format: 'float8e5m2', quantizer: 'rounding' },
  { format: 'float6e3m2f', quantizer: 'linear' },
  { format: 'fixed8q5', quantizer: 'rounding' },
  { format: 'affine8', quantizer: 'linear' },
];

export const QUICK_CHOSEN: readonly Case[] = [
  { format: 'posit8es1', quantizer: 'rounding' },
  { format: 'float8e4m3fn', quantizer: 'linear' },
  { format: 'fixed8q5', quantizer: 'rounding' },
  { format: 'affine8', quantizer: 'linear' },
];

/** The 16- and 32-bit presets. */
export const WIDE: readonly Case[] = [
  { format: 'posit16es1', quantizer: 'rounding' },
  { format: 'posit16es2', quantizer: 'linear' },
  { format: 'float16', quantizer: 'rounding' },
  { format: 'bfloat16', quantizer: 'rounding' },
  { format: 'fixed16q10', quantizer: 'rounding' },
  { format: 'affine16', quantizer: 'linear' },
  { format: 'posit32es2', quantizer: 'rounding' },
  { format: 'float32', quantizer: 'rounding' },
];

function exists(name: string): boolean {
  try {
    getFormat(name);
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Every format of 4 to 8 bits (posits from 3) that has a name, under rounding and under linear, each once. */
export function everyNarrowCase(): Case[] {
  const both: string[] = [];
  const linear: string[] = [];
  const rounding: string[] = [];
  for (let bits = 3; bits <= 8; bits++) {
    for (let es = 0; es <= 4; es++) both.push(`posit${bits}es${es}`);
    if (bits < 4) continue;
    for (let e = 1; e < bits; e++) {
      for (const suffix of ['', 'fn', 'fnuz', 'f']) both.push(`float${bits}e${e}m${bits - 1 - e}${suffix}`);
    }
    for (let q = 0; q < bits; q++) rounding.push(`fixed${bits}q${q}`);
    // under linear all q are one format
    linear.push(`fixed${bits}q0`, `affine${bits}`, `affine${bits}s`, `pow2int${bits}`);
    both.push(`pow2val${bits}`);
  }
  const cases = (names: readonly string[], quantizer: string): Case[] =>
    names.filter(exists).map((format) => ({ format, quantizer }));
  return [...cases([...both, ...rounding], 'rounding'), ...cases([...both, ...linear], 'linear')];
}
