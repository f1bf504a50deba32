import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { calibrate, calibrateChannels } from '../../quantizers/calibrate.js';
import { Histogram } from '../../quantizers/histogram.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';
import { scaleOf } from './calibrated.js';
import { big, quotient } from './oracle.js';

describe('empty and all-zero tensors', () => {
  const quantizers = ['max', 'mse', 'kl', 'percentile99', 'max:pow2', 'mse:pow2'].map(
    (name) => `linear:${name}`,
  );
  it.each(quantizers)('%s: scale 1', (name) => {
    for (const values of [Float32Array.of(), Float32Array.of(0, -0, 0)]) {
      for (const format of ['posit8es1', 'float8e4m3', 'affine8', 'affine8s', 'pow2int8', 'fixed8q4']) {
        for (const role of ['weights', 'activations'] as const) {
          expect(scaleOf(values, format, name, role), `${format} ${role}`).toBe(1);
        }
      }
    }
  });

  it('values too small for any bin but that of zeros still have a scale', () => {
    const tiny = Float32Array.of(2 ** -149);
    expect(scaleOf(tiny, 'fixed8q0', 'linear:max')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:percentile50')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:kl')).toBe(quotient(big(2 ** -149), big(127)));
    expect(scaleOf(tiny, 'fixed8q0', 'linear:mse')).toBeGreaterThan(0);
  });
});

describe('channels', () => {
  it('one scale a channel, each from its own values alone', () => {
    const rows = [Float32Array.of(1, -2), Float32Array.of(0, 0), Float32Array.of(40, 3)];
    const histograms = rows.map((row, i) => Histogram.of(`row ${i}`, row));
    for (const name of ['posit8es1', 'affine8s', 'float8e4m3']) {
      const quantizer = parseQuantizer('linear:mse');
      const encoding = calibrateChannels(histograms, getFormat(name), 'weights', quantizer);
      expect(encoding.granularity).toEqual({ kind: 'channel' });
      expect([...encoding.scales]).toEqual(rows.map((row) => scaleOf(row, name, 'linear:mse', 'weights')));
      expect(encoding.scales[1]).toBe(1);
    }
  });

  it('unsigned formats with zero points refuse, and say what to use', () => {
    const quantizer = parseQuantizer('linear');
    expect(() => calibrateChannels([], getFormat('affine8'), 'weights', quantizer)).toThrow(/affine8s/);
  });
});

describe('choices that do not go together', () => {
  const histogram = Histogram.of('t', Float32Array.of(1));
  it.each(['affine8', 'affine4s', 'pow2int8'])('%s under rounding', (name) => {
    const attempt = () => calibrate(histogram, getFormat(name), 'weights', parseQuantizer('rounding'));
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(/use linear/);
  });

  it('a policy or underflow rule the format lacks', () => {
    const quantizer = parseQuantizer('linear:max');
    const given = { ...NEAREST_EVEN, policy: 'infinity' as const };
    expect(() => calibrate(histogram, getFormat('posit8es1'), 'weights', quantizer, given)).toThrow(
      UserError,
    );
    const flushed = { ...NEAREST_EVEN, underflow: 'half' as const };
    expect(() => calibrate(histogram, getFormat('fixed8q4'), 'weights', quantizer, flushed)).toThrow(
      UserError,
    );
    expect(calibrate(histogram, getFormat('posit8es1'), 'weights', quantizer, flushed).rounding).toEqual(
      flushed,
    );
  });

  it('rounding has scale 1 and zero point 0', () => {
    const encoding = calibrate(histogram, getFormat('posit8es1'), 'weights', parseQuantizer('rounding'));
    expect([encoding.scales[0], encoding.zeroPoint, encoding.range]).toEqual([1, 0, 'full']);
  });

  it('fixed under linear is one format whatever q: the scale takes its place', () => {
    const histogram = Histogram.of('t', Float32Array.of(0.3, -0.7, 2.25));
    const quantizers = ['max', 'mse', 'kl', 'percentile99', 'mse:pow2'].map((name) => `linear:${name}`);
    for (const quantizer of quantizers.map(parseQuantizer)) {
      const whole = calibrate(histogram, getFormat('fixed8q0'), 'weights', quantizer);
      for (let q = 1; q < 8; q++) {
        const format = getFormat(`fixed8q${q}`);
        expect(calibrate(histogram, format, 'weights', quantizer)).toEqual(whole);
        const channels = calibrateChannels([histogram], format, 'weights', quantizer);
        expect([channels.format.name, ...channels.scales]).toEqual(['fixed8q0', ...whole.scales]);
      }
    }
    const rounding = calibrate(histogram, getFormat('fixed8q5'), 'weights', parseQuantizer('rounding'));
    expect(rounding.format.name).toBe('fixed8q5');
  });
});
