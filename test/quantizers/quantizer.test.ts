import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { parseQuantizer, quantizerName } from '../../quantizers/quantizer.js';

describe('quantizer names', () => {
  it.each([
    ['rounding', 'rounding'],
    ['linear', 'linear:mse'],
    ['linear:pow2', 'linear:mse:pow2'],
    ['linear:mse', 'linear:mse'],
    ['linear:max', 'linear:max'],
    ['linear:kl:pow2', 'linear:kl:pow2'],
    ['linear:percentile99.9', 'linear:percentile99.9'],
    ['linear:percentile100:pow2', 'linear:percentile100:pow2'],
    ['linear:percentile0.50', 'linear:percentile0.5'],
  ])('%s is printed as %s, and read back', (given, printed) => {
    const quantizer = parseQuantizer(given);
    expect(quantizerName(quantizer)).toBe(printed);
    expect(parseQuantizer(printed)).toEqual(quantizer);
  });

  it.each([
    '',
    'Linear',
    'rounding:max',
    'rounding:pow2',
    'linear:',
    'linear:pow2:max',
    'linear:max:mse',
    'linear:percentile',
    'linear:percentile0',
    'linear:percentile100.1',
    'linear:percentile-5',
    'linear:percentile1e1',
    'linear:percentile0.0000001',
    'linear:max:pow2:pow2',
    'minmax',
  ])("'%s' is refused in one line that says what is allowed", (given) => {
    expect(() => parseQuantizer(given)).toThrow(UserError);
    try {
      parseQuantizer(given);
    } catch (error) {
      expect((error as Error).message).toContain(`'${given}'`);
      expect((error as Error).message).not.toContain('\n');
    }
  });
});
