/** The quantizers as small unions, and how command lines, specs and rows write them. */
import { UserError } from '../errors.js';

/**
 * What decides the magnitude that must fit, or the scale itself (docs/numerics.md §3): the `max` |x|, the
 * magnitude that `p` percent of the values reach, the least squared error, the least loss of information, or the exponent
 * of Yao et al. (yao.ts), of formats whose scales are powers of two.
 */
export type Calibrator =
  | { readonly kind: 'max' }
  | { readonly kind: 'percentile'; readonly p: number }
  | { readonly kind: 'mse' }
  | { readonly kind: 'kl' }
  | { readonly kind: 'yao' };

/** `real`: any float64; `pow2`: powers of two, so that requantization is a shift. */
export type Scales = 'real' | 'pow2';

/** `rounding`: scale 1, zero point 0. `linear`: the calibrator's scale. */
export type Quantizer =
  | { readonly kind: 'rounding' }
  | { readonly kind: 'linear'; readonly calibrator: Calibrator; readonly scales: Scales };

export const ROUNDING: Quantizer = { kind: 'rounding' };

const PERCENT = /^percentile((?:0|[1-9]\d{0,2})(?:\.\d{1,15})?)$/;

/**
 * Reads `rounding`, `linear` (which is `linear:mse`), `linear:max`, `linear:percentile99.9`, `linear:kl`, each
 * linear one also with `:pow2` at its end. Throws UserError for anything else, percentiles outside 0 < p ≤ 100
 * included.
 */
export function parseQuantizer(text: string): Quantizer {
  const [kind, ...parts] = text.split(':');
  if (kind === 'rounding' && parts.length === 0) return ROUNDING;
  if (kind !== 'linear') throw unknown(text);
  const scales: Scales = parts.at(-1) === 'pow2' ? 'pow2' : 'real';
  if (scales === 'pow2') parts.pop();
  if (parts.length > 1) throw unknown(text);
  return { kind: 'linear', calibrator: parseCalibrator(parts[0] ?? 'mse', text), scales };
}

/** The one spelling of a quantizer, which `parseQuantizer` reads back: `rounding`, `linear:mse`, `linear:max:pow2`. */
export function quantizerName(quantizer: Quantizer): string {
  switch (quantizer.kind) {
    case 'rounding':
      return 'rounding';
    case 'linear':
      return `linear:${calibratorName(quantizer.calibrator)}${quantizer.scales === 'pow2' ? ':pow2' : ''}`;
    default:
      return quantizer satisfies never;
  }
}

/** `max`, `percentile99.9`, `mse`, `kl` or `yao`. */
export function calibratorName(calibrator: Calibrator): string {
  switch (calibrator.kind) {
    case 'max':
    case 'mse':
    case 'kl':
    case 'yao':
      return calibrator.kind;
    case 'percentile':
      return `percentile${calibrator.p}`;
    default:
      return calibrator satisfies never;
  }
}

function parseCalibrator(text: string, whole: string): Calibrator {
  if (text === 'max' || text === 'mse' || text === 'kl' || text === 'yao') return { kind: text };
  const percent = PERCENT.exec(text);
  if (percent === null) throw unknown(whole);
  const p = Number(percent[1]);
  // Below 1e-6 a number prints with an exponent, which is no percentile's spelling.
  if (p < 1e-6 || p > 100) {
    throw new UserError(
      `quantizer '${whole}': the percentile is ${percent[1]}; it must be above 0 and at most 100`,
    );
  }
  return { kind: 'percentile', p };
}

function unknown(text: string): UserError {
  return new UserError(
    `quantizer '${text}' is unknown; use rounding, linear, linear:max, linear:percentile<P>, linear:mse, linear:kl or linear:yao, the linear ones also with :pow2 at the end`,
  );
}
