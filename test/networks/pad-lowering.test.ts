/** Pads and concats in a program and in its table of encodings. */
import { describe, expect, it } from 'vitest';
import { NEAREST_EVEN } from '../../formats/format.js';
import { collectHistograms, makeEncodings } from '../../networks/calibration.js';
import { compileFloat } from '../../networks/dataflows/float.js';
import { lower } from '../../networks/lower.js';
import type { Network, Node } from '../../networks/network.js';
import type { Operator } from '../../networks/operators/registry.js';
import { initialParameters } from '../../networks/parameters.js';
import { parseAssignment } from '../../quantizers/assignment.js';
import { parseQuantizer } from '../../quantizers/quantizer.js';

const BASE = { name: 'padded', input: [6, 5, 2], classes: 3 } as const;
const conv = {
  type: 'conv2d',
  filters: 4,
  kernel: [3, 3],
  stride: [1, 1],
  padding: 'same',
  dilation: [1, 1],
  groups: 1,
  bias: 'bias',
} as const;
const node = (name: string, operator: Operator, ...inputs: string[]): Node => ({ name, operator, inputs });

describe('a pad in a program', () => {
  it('takes a pad into the window of the convolution that alone reads it, as if it had that padding itself', () => {
    const pad = { type: 'pad', top: 2, bottom: 1, left: 2, right: 3 } as const;
    const own = { ...conv, padding: { top: 1, bottom: 0, left: 4, right: 0 } } as const;
    const padding = { top: 3, bottom: 1, left: 6, right: 3 };
    const of = (nodes: Node[]): Network => ({
      ...BASE,
      nodes: [
        ...nodes,
        node('flat', { type: 'flatten' }, 'conv'),
        node('out', { type: 'dense', units: 3, bias: 'bias' }, 'flat'),
      ],
    });
    const apart = of([node('pad', pad, 'input'), node('conv', own, 'pad')]);
    const explicit = of([node('conv', { ...own, padding }, 'input')]);
    const parameters = initialParameters(apart, 3);
    expect(lower(apart, parameters)).toEqual(lower(explicit, parameters));
  });

  it('leaves a pad to itself that another node reads too, or a dense layer behind a flatten', () => {
    const pad = { type: 'pad', top: 0, bottom: 1, left: 0, right: 0 } as const;
    const dense = { type: 'dense', units: 3, bias: 'bias' } as const;
    const kinds = (nodes: Node[]) => {
      const network = { ...BASE, nodes };
      return lower(network, initialParameters(network, 3)).steps.map(({ kind }) => kind);
    };
    expect(
      kinds([
        node('pad', pad, 'input'),
        node('flat', { type: 'flatten' }, 'pad'),
        node('out', dense, 'flat'),
      ]),
    ).toEqual(['pad', 'mac']);
    const unit = { ...conv, filters: 2, kernel: [1, 1], padding: 'valid' } as const;
    const sum = [node('sum', { type: 'add' }, 'conv', 'pad'), node('flat', { type: 'flatten' }, 'sum')];
    expect(
      kinds([node('pad', pad, 'input'), node('conv', unit, 'pad'), ...sum, node('out', dense, 'flat')]),
    ).toEqual(['pad', 'mac', 'add', 'mac']);
  });

  it('has the encoding of what it pads; a concat has one of its own', () => {
    const pad = { type: 'pad', top: 0, bottom: 1, left: 0, right: 0 } as const;
    const network: Network = {
      ...BASE,
      nodes: [
        node('pad', pad, 'input'),
        node('join', { type: 'concat' }, 'pad', 'pad'),
        node('flat', { type: 'flatten' }, 'join'),
        node('out', { type: 'dense', units: 3, bias: 'bias' }, 'flat'),
      ],
    };
    const program = lower(network, initialParameters(network, 3));
    const images = Float32Array.from({ length: 60 }, (_, i) => i / 7);
    const calibration = collectHistograms(compileFloat(program, { batch: 1 }), [{ images, count: 1 }]);
    const choices = {
      quantizer: parseQuantizer('linear'),
      rounding: NEAREST_EVEN,
      granularity: 'tensor',
    } as const;
    const encodings = (layers: object) =>
      makeEncodings(program, calibration, {
        ...choices,
        assignment: parseAssignment({ weights: 'affine8', activations: 'affine8', layers }),
      }).edges;
    const edges = encodings({});
    expect(edges.get('pad')).toBe(edges.get('input'));
    expect(edges.get('join')).not.toBe(edges.get('pad'));
    const posit = { activations: 'posit8es1' };
    expect(encodings({ join: posit }).get('join')!.format.name).toBe('posit8es1');
    expect(() => encodings({ pad: posit })).toThrow(/'pad'/);
  });
});
