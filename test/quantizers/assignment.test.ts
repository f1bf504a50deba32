import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { layerFormats, parseAssignment } from '../../quantizers/assignment.js';

describe('assignments', () => {
  it('resolve names and aliases, layers falling back on the defaults', () => {
    const assignment = parseAssignment({
      weights: 'int8',
      activations: 'posit8es1',
      layers: { conv1: { activations: 'float8e4m3' } },
    });
    const names = (layer: string) => {
      const { weights, activations } = layerFormats(assignment, layer);
      return [weights.name, activations.name];
    };
    expect(names('conv1')).toEqual(['affine8s', 'float8e4m3']);
    expect(names('fc9')).toEqual(['affine8s', 'posit8es1']);
  });

  it.each([
    ['nothing', undefined, /./],
    ['a bare name', 'posit8es1', /./],
    ['no activations', { weights: 'posit8es1' }, /'activations'/],
    ['a number', { weights: 8, activations: 'posit8es1' }, /'weights'/],
    ['an unknown format', { weights: 'posit8es9', activations: 'posit8es1' }, /posit8es9/],
    [
      'an unknown key of a layer',
      { weights: 'posit8es1', activations: 'posit8es1', layers: { conv1: { weight: 'posit8es1' } } },
      /layers\.conv1.*"weight"/,
    ],
    ['an unknown key', { weights: 'posit8es1', activations: 'posit8es1', layer: {} }, /"layer"/],
  ])('%s is one clear line', (_, spec, pattern) => {
    const attempt = () => parseAssignment(spec);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(pattern);
    expect(attempt).not.toThrow(/\n/);
  });
});
