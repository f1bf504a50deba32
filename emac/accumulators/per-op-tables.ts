/** Products and sums of every pair of codes of a format of up to 8 bits, each rounded to the format. */
import type { NumberFormat, Rounding, Underflow } from '../../formats/format.js';
import { oddProduct, oddSum } from './odd.js';

export interface PerOpTables {
  /** [w · 256 + x]; NaN and NaR absorb. */
  readonly product: Uint8Array;
  /** [accumulator · 256 + product] */
  readonly sum: Uint8Array;
}

/** How `per-op` rounds: nearest-even, saturating, with the encoding's underflow rule. */
export function perOpRounding(underflow: Underflow): Rounding {
  return { mode: 'nearest-even', policy: 'saturate', underflow };
}

export function perOpTables(format: NumberFormat, underflow: Underflow): PerOpTables {
  const rounding = perOpRounding(underflow);
  const count = 2 ** format.bits;
  const values = Float64Array.from({ length: count }, (_, code) => format.toNumber(code));
  const code = (value: number) => {
    if (Number.isNaN(value)) return format.nan ?? 0;
    return format.encode(value, rounding);
  };
  const product = new Uint8Array(count * 256);
  const sum = new Uint8Array(count * 256);
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < count; b++) {
      product[a * 256 + b] = code(oddProduct(values[a]!, values[b]!));
      sum[a * 256 + b] = code(oddSum(values[a]!, values[b]!));
    }
  }
  return { product, sum };
}
