import { describe, expect, it } from 'vitest';
import { describePlan, planSweep } from '../../sweep/plan.js';
import { checkSpec } from '../../sweep/spec.js';

function plan(fields: Record<string, unknown>) {
  return planSweep(
    checkSpec(
      { name: 'tiny', dataset: 'strokes', network: 'mlp4', training: { epochs: 1 }, ...fields },
      'spec',
    ),
  );
}

const GRID = [
  { posit: { bits: '5..8', es: '0..2' } },
  { float: { bits: '5..8', exponents: '2..4' } },
  { fixed: { bits: '5..8', fraction: 'best' } },
  { affine: { bits: '5..8' } },
  { pow2int: { bits: '5..8' } },
];

describe('planSweep', () => {
  it('expands the grid of the default sweep', () => {
    const { points, skipped, merged } = plan({ formats: GRID, quantizers: ['rounding', 'linear'] });
    // 12 posits, 11 floats (5 bits with 4 exponent bits have no fraction), 4 fixed: both; 8 integers: linear
    expect(points).toHaveLength(2 * (12 + 11 + 4) + 8);
    expect(Object.fromEntries(skipped)).toEqual({ 'affine under rounding': 4, 'pow2int under rounding': 4 });
    expect(merged).toBe(0);
    expect(points.map(({ choice }) => choice.label)).not.toContain('float5e4m0');
  });

  it('keeps a stable order: formats outside, quantizers inside', () => {
    const { points } = plan({ formats: ['posit8es1', 'posit6es0'], quantizers: ['rounding', 'linear'] });
    expect(points.map(({ choice, quantizer }) => `${choice.label} ${quantizer}`)).toEqual([
      'posit8es1 rounding',
      'posit8es1 linear:mse',
      'posit6es0 rounding',
      'posit6es0 linear:mse',
    ]);
  });

  it('has fixed under linear once, whatever its fraction bits', () => {
    const { points, merged } = plan({
      formats: [{ fixed: { bits: 6, fraction: 'all' } }, { fixed: { bits: 6 } }],
      quantizers: ['linear'],
    });
    expect(points).toHaveLength(1);
    expect(points[0]!.choice.label).toBe('fixed6q0');
    expect(merged).toBe(6);
  });

  it('has pow2int once under real and power-of-two scales', () => {
    const { points, merged } = plan({
      formats: ['pow2int8', 'posit8es1'],
      quantizers: ['linear:mse', 'linear:mse:pow2'],
    });
    expect(points.map(({ choice }) => choice.label)).toEqual(['pow2int8', 'posit8es1', 'posit8es1']);
    expect(merged).toBe(1);
  });

  it('leaves out what cannot be and says how much', () => {
    const made = plan({
      formats: ['posit8es1', 'fixed8q4', 'float8e4m3', { weights: 'posit8es1', activations: 'float8e4m3' }],
      quantizers: ['rounding'],
      policies: ['saturate', 'infinity'],
      underflow: ['none', 'half'],
      accumulators: ['exact', 'per-op'],
    });
    const text = describePlan(made);
    expect(text).toContain('posit with policy infinity');
    expect(text).toContain('fixed with underflow half');
    expect(text).toContain('mixed formats with accumulator per-op');
    for (const { choice, policy } of made.points) {
      if (policy === 'infinity') expect(choice.label).toBe('float8e4m3');
    }
  });

  it('looks at the weights for what granularity channel cannot have, and refuses it there', () => {
    const pairs = [
      { weights: 'affine8s', activations: 'affine8' },
      { weights: 'posit8es1', activations: 'affine8' },
      { weights: 'affine8', activations: 'affine8s' },
      { weights: 'affine8s', activations: 'affine8', layers: { d: { activations: 'affine4' } } },
      { weights: 'affine8s', activations: 'affine8', layers: { d: { weights: 'affine4' } } },
    ];
    const { points, skipped } = plan({ formats: pairs, quantizers: ['linear'], granularity: ['channel'] });
    expect(points.map(({ choice }) => [choice.label, Object.keys(choice.formats.layers).length])).toEqual([
      ['affine8s/affine8', 0],
      ['posit8es1/affine8', 0],
      ['affine8s/affine8', 1],
    ]);
    expect([...skipped]).toEqual([['affine (unsigned) weights with granularity channel', 2]]);
  });

  it('calls fixed point under linear by q = 0 wherever it stands, and says so once', () => {
    const formats = [
      'fixed8q5',
      { weights: 'fixed8q5', activations: 'fixed6q1' },
      { name: 'mine', weights: 'posit8es1', activations: 'fixed8q3', layers: { d: { weights: 'fixed4q2' } } },
    ];
    const { points, notes } = plan({ formats, quantizers: ['linear'] });
    expect(points.map(({ choice: { label, formats } }) => ({ label, ...formats }))).toEqual([
      { label: 'fixed8q0', weights: 'fixed8q0', activations: 'fixed8q0', layers: {} },
      { label: 'fixed8q0/fixed6q0', weights: 'fixed8q0', activations: 'fixed6q0', layers: {} },
      {
        label: 'mine',
        weights: 'posit8es1',
        activations: 'fixed8q0',
        layers: { d: { weights: 'fixed4q0' } },
      },
    ]);
    expect(notes).toEqual(["fixed<n>q<q> under linear is fixed<n>q0: the scale takes q's place"]);
    const rounding = plan({ formats, quantizers: ['rounding'] });
    expect(rounding.points[0]!.choice.label).toBe('fixed8q5');
    expect(rounding.notes).toEqual([]);
    // one format for weights and activations once q is gone
    const pair = [{ weights: 'fixed8q5', activations: 'fixed8q3' }];
    expect(plan({ formats: pair, quantizers: ['linear'], accumulators: ['per-op'] }).points.length).toBe(1);
  });

  it('merges axes the simulated dataflow does not have', () => {
    const { points, merged } = plan({
      formats: ['posit8es1'],
      dataflow: ['emac', 'simulated'],
      accumulators: ['exact', 'float32'],
    });
    expect(points.map(({ dataflow, accumulator }) => `${dataflow} ${accumulator}`)).toEqual([
      'emac exact',
      'simulated float32',
      'emac float32',
    ]);
    expect(merged).toBe(1);
  });

  it('repeats the points for each seed, one baseline each', () => {
    const { points, seeds } = plan({ formats: ['posit8es1'], seeds: '0..2' });
    expect(seeds).toEqual([0, 1, 2]);
    expect(points.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  });

  it('is a pure function', () => {
    const fields = { formats: GRID, quantizers: ['rounding', 'linear'], granularity: ['tensor', 'channel'] };
    expect(plan(fields)).toEqual(plan(fields));
  });

  it('refuses a grid that is too large', () => {
    expect(() => plan({ formats: GRID, seeds: '0..4000', scaleBits: '1..53' })).toThrow(/combinations/);
  });
});
