import { describe, expect, it } from 'vitest';
import { accumulatorName } from '../../emac/layer/choices.js';
import { describePlan, planSweep } from '../../sweep/plan.js';
import { type Point, pointTitle, writePoint } from '../../sweep/point.js';
import { checkSpec } from '../../sweep/spec.js';

function plan(fields: Record<string, unknown>) {
  return planSweep(
    checkSpec(
      { name: 'tiny', dataset: 'strokes', network: 'mlp4', training: { epochs: 1 }, ...fields },
      'spec',
    ),
  );
}

const writtenFormat = (point: Point) => writePoint(point).format;

const GRID = [
  { posit: { bits: '5..8', es: '0..2' } },
  { float: { bits: '5..8', exponents: '2..4' } },
  { fixed: { bits: '5..8', fraction: 'best' } },
  { affine: { bits: '5..8' } },
  { pow2int: { bits: '5..8' } },
];

describe('planSweep', () => {
  it('expands the grid of the default sweep', () => {
    const { points, skipped, merged } = plan({ format: GRID, quantizer: ['rounding', 'linear'] });
    // 12 posits, 11 floats (5 bits with 4 exponent bits have no fraction), 4 fixed: both; 8 integers: linear
    expect(points).toHaveLength(2 * (12 + 11 + 4) + 8);
    expect(Object.fromEntries(skipped)).toEqual({ 'affine under rounding': 4, 'pow2int under rounding': 4 });
    expect(merged).toBe(0);
    expect(points.map(({ format }) => format.label)).not.toContain('float5e4m0');
  });

  it('keeps a stable order: formats outside, quantizers inside', () => {
    const { points } = plan({ format: ['posit8es1', 'posit6es0'], quantizer: ['rounding', 'linear'] });
    expect(points.map(pointTitle)).toEqual([
      'posit8es1 rounding',
      'posit8es1 linear:mse',
      'posit6es0 rounding',
      'posit6es0 linear:mse',
    ]);
  });

  it('leaves out what an integer scheme has not, and says what it has', () => {
    const { points, skipped } = plan({
      format: ['affine8', { weights: 'affine8s', activations: 'affine8' }, 'pow2int8', 'posit8es1'],
      quantizer: ['linear:max'],
      granularity: ['tensor', 'channel'],
      dataflow: ['integer-tflite', 'integer-jacob', 'integer-yao'],
    });
    const kept = points.map(
      ({ format, granularity, dataflow }) => `${format.label} ${granularity} ${dataflow.name}`,
    );
    expect(kept.sort()).toEqual([
      'affine8 tensor integer-jacob',
      'affine8s/affine8 channel integer-tflite',
      'affine8s/affine8 tensor integer-tflite',
      'pow2int8 tensor integer-yao',
    ]);
    expect(skipped.get('affine8 weights in integer-tflite, which has weights affine8s')).toBe(1);
    expect(skipped.get('affine8s weights in integer-jacob, which has weights affine8')).toBe(2);
    expect(skipped.get('granularity channel in integer-yao, which has one scale a tensor')).toBe(1);
    expect(skipped.get('posit8es1 in integer-yao, which has pow2int<R> of one R everywhere')).toBe(2);
    expect([...skipped.values()].reduce((a, b) => a + b)).toBe(4 * 2 * 3 - 4);
  });

  it('has fixed under linear once, whatever its fraction bits', () => {
    const { points, merged } = plan({
      format: [{ fixed: { bits: 6, fraction: 'all' } }, { fixed: { bits: 6 } }],
      quantizer: ['linear'],
    });
    expect(points).toHaveLength(1);
    expect(points[0]!.format.label).toBe('fixed6q0');
    expect(merged).toBe(6);
  });

  it('has pow2int once under real and power-of-two scales', () => {
    const { points, merged } = plan({
      format: ['pow2int8', 'posit8es1'],
      quantizer: ['linear:mse', 'linear:mse:pow2'],
    });
    expect(points.map(({ format }) => format.label)).toEqual(['pow2int8', 'posit8es1', 'posit8es1']);
    expect(merged).toBe(1);
  });

  it('leaves out what cannot be and says how much', () => {
    const made = plan({
      format: ['posit8es1', 'fixed8q4', 'float8e4m3', { weights: 'posit8es1', activations: 'float8e4m3' }],
      quantizer: ['rounding'],
      policy: ['saturate', 'infinity'],
      underflow: ['none', 'half'],
      accumulator: ['exact', 'per-op'],
    });
    const text = describePlan(made);
    expect(text).toContain('posit with policy infinity');
    expect(text).toContain('fixed with underflow half');
    expect(text).toContain('mixed formats with accumulator per-op');
    for (const { format, policy } of made.points) {
      if (policy === 'infinity') expect(format.label).toBe('float8e4m3');
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
    const { points, skipped } = plan({ format: pairs, quantizer: ['linear'], granularity: ['channel'] });
    expect(
      points.map(writtenFormat).map(({ label, formats }) => [label, Object.keys(formats.layers).length]),
    ).toEqual([
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
    const { points, notes } = plan({ format: formats, quantizer: ['linear'] });
    expect(points.map(writtenFormat).map(({ label, formats }) => ({ label, ...formats }))).toEqual([
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
    const rounding = plan({ format: formats, quantizer: ['rounding'] });
    expect(rounding.points[0]!.format.label).toBe('fixed8q5');
    expect(rounding.notes).toEqual([]);
    // one format for weights and activations once q is gone
    const pair = [{ weights: 'fixed8q5', activations: 'fixed8q3' }];
    expect(plan({ format: pair, quantizer: ['linear'], accumulator: ['per-op'] }).points.length).toBe(1);
  });

  it('merges axes the simulated dataflow does not have', () => {
    const { points, merged } = plan({
      format: ['posit8es1'],
      dataflow: ['emac', 'simulated'],
      accumulator: ['exact', 'float32'],
    });
    expect(
      points.map(({ dataflow, accumulator }) => `${dataflow.name} ${accumulatorName(accumulator)}`),
    ).toEqual(['emac exact', 'simulated float32', 'emac float32']);
    expect(merged).toBe(1);
  });

  it('repeats the points for each seed, one baseline each', () => {
    const { points, seeds } = plan({ format: ['posit8es1'], seed: '0..2' });
    expect(seeds).toEqual([0, 1, 2]);
    expect(points.map(({ seed }) => seed)).toEqual([0, 1, 2]);
  });

  it('is a pure function', () => {
    const fields = { format: GRID, quantizer: ['rounding', 'linear'], granularity: ['tensor', 'channel'] };
    expect(plan(fields)).toEqual(plan(fields));
  });

  it('refuses a grid that is too large', () => {
    expect(() => plan({ format: GRID, seed: '0..4000', scaleBits: '1..53' })).toThrow(/combinations/);
  });
});
