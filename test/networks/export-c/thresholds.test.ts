/** Integer thresholds against the reference: the code on either side of each, and of every small sum. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { dyadic, multiply, type Rational, rational } from '../../../arithmetic/rational.js';
import { activate, encodeExact } from '../../../emac/layer/reference.js';
import { ROUNDING_MODES, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { integerThresholds } from '../../../networks/export-c/emac/thresholds.js';
import type { Encoding } from '../../../quantizers/encoding.js';

const SCALE = 0.37;
const ACTIVATIONS = ['identity', 'relu', 'relu6'] as const;

function encodingOf(name: string, rounding: Rounding, zeroPoint = 0): Encoding {
  const format = getFormat(name);
  return {
    format,
    rounding,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(SCALE),
    zeroPoint,
    range: 'full',
  };
}

/** Units of which sums of up to 2^40 reach everywhere in the format, and one row that does not. */
const stream = new Stream(3, 'dataset');
const units = (largestValue: number): Rational[] => {
  const odd = BigInt(Math.floor(stream.uniform() * 65536) | 1);
  const top = Math.ceil(Math.log2(largestValue));
  return [dyadic(odd, top - 54), dyadic(1n, top - 38), multiply(dyadic(odd, top - 53), rational(1n, 49n))];
};

function cases(): [Encoding, string][] {
  const found: [Encoding, string][] = [];
  const names = [
    'posit8es0',
    'posit8es1',
    'posit8es2',
    'posit5es1',
    'pow2int8',
    'float8e4m3fn',
    'float8e5m2',
    'float6e3m2fn',
    'fixed8q5',
  ];
  for (const mode of ROUNDING_MODES.filter((each) => each !== 'stochastic')) {
    for (const name of names) {
      const { underflows } = getFormat(name);
      for (const underflow of underflows) {
        found.push([
          encodingOf(name, { mode, policy: 'saturate', underflow }),
          `${name} ${mode} ${underflow}`,
        ]);
      }
    }
    const rounding = { mode, policy: 'saturate', underflow: 'none' } as const;
    found.push([encodingOf('affine8', rounding, 37), `affine8 zero point 37 ${mode}`]);
  }
  return found;
}

describe('integer thresholds', () => {
  it.each(cases().map(([encoding, name]) => [name, encoding] as const))('%s', (_, encoding) => {
    const largest = 2n ** 40n;
    for (const activation of ACTIVATIONS) {
      const cap = activation === 'relu6' ? exactCap() : undefined;
      const rows = units(encoding.format.facts.max);
      const found = integerThresholds(encoding, activation, rows, largest);
      rows.forEach((unit, row) => {
        const least = found.rows[row]!.map(BigInt);
        const looked = (sum: bigint): number => found.codes[least.filter((t) => t <= sum).length]!;
        const random = Array.from({ length: 20 }, () =>
          BigInt(Math.floor((stream.uniform() - 0.5) * 2 ** 41)),
        );
        const sums = [...least.flatMap((t) => [t - 1n, t]), -largest, -1n, 0n, 1n, largest, ...random];
        for (const sum of sums) {
          if (sum > largest || sum < -largest) continue;
          const real = activate(multiply(unit, dyadic(sum, 0)), activation, cap);
          expect(looked(sum), `${activation} row ${row} sum ${sum}`).toBe(encodeExact(real, encoding));
        }
      });
      if (activation === 'identity')
        expect(found.codes.length).toBeGreaterThan(encoding.format.levels.count / 2);
    }
  });
});

/** 6 / 0.37, exactly: 0.37 as a float64 is a whole number of 2^-54. */
function exactCap(): Rational {
  const [significand, bits] = [BigInt(SCALE * 2 ** 54), 54n];
  return rational(6n << bits, significand);
}
