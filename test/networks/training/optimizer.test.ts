import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { createKernels } from '../../../kernels/loader.js';
import { allocateFloats } from '../../../networks/primitives/memory.js';
import type { Held } from '../../../networks/training/graph.js';
import { crossEntropy } from '../../../networks/training/loss.js';
import { Optimizer } from '../../../networks/training/optimizer.js';
import { SHARDS } from '../../../networks/training/shards.js';

const f = Math.fround;
const SIZE = 13;
const ONE = { batch: 1, classes: 2, smoothing: 0 };

function setUp(suffix: string) {
  const kernels = createKernels();
  const stream = new Stream(1, 'weights');
  const shards = Array.from({ length: SHARDS }, () => allocateFloats(kernels, SIZE));
  const held: Held = {
    name: `layer.${suffix}`,
    suffix,
    shape: [SIZE],
    initial: { kind: 'constant', value: 0 },
    training: 'learned',
    size: SIZE,
    values: allocateFloats(kernels, SIZE),
    gradients: shards[0]!,
    apart: shards[1]! - shards[0]!,
    gradient: allocateFloats(kernels, SIZE),
  };
  const values = kernels.f32(held.values, SIZE);
  const gradient = new Float32Array(SIZE);
  const draw = (array: Float32Array) => {
    for (let i = 0; i < SIZE; i++) array[i] = 2 * stream.uniform() - 1;
  };
  draw(values);
  /** A gradient for every shard; their sum, in the fixed tree, is what the formulas take. */
  const drawGradient = () => {
    const parts = shards.map((pointer) => kernels.f32(pointer, SIZE));
    for (const part of parts) draw(part);
    for (let i = 0; i < SIZE; i++) {
      const [a, b, c, d, e, g, h, j] = parts.map((part) => part[i]!) as [number, ...number[]];
      gradient[i] = f(f(f(a + b!) + f(c! + d!)) + f(f(e! + g!) + f(h! + j!)));
    }
  };
  return { kernels, held, values, gradient, drawGradient };
}

describe('optimizers against their formulas in float32, bit for bit', () => {
  it.each(['weight', 'bias'])('SGD with momentum; decay on weights only (%s)', (suffix) => {
    const { kernels, held, values, gradient, drawGradient } = setUp(suffix);
    const optimizer = new Optimizer(kernels, [held], {
      optimizer: 'sgd',
      momentum: 0.9,
      decay: 0.01,
      average: 0,
    });
    const w = values.slice();
    const v = new Float32Array(SIZE);
    for (let step = 0; step < 5; step++) {
      drawGradient();
      optimizer.update(0.1, step, 0, 1);
      const decay = suffix === 'weight' ? f(0.01) : 0;
      for (let i = 0; i < SIZE; i++) {
        v[i] = f(f(f(0.9) * v[i]!) + f(gradient[i]! + f(decay * w[i]!)));
        w[i] = f(w[i]! - f(f(0.1) * v[i]!));
      }
      expect(values).toEqual(w);
      expect(optimizer.state.get(`velocity/layer.${suffix}`)).toEqual(v);
    }
  });

  it.each(['weight', 'bias'])('Adam with bias correction and decoupled decay (%s)', (suffix) => {
    const { kernels, held, values, gradient, drawGradient } = setUp(suffix);
    const optimizer = new Optimizer(kernels, [held], {
      optimizer: 'adam',
      momentum: 0,
      decay: 0.01,
      average: 0,
    });
    const w = values.slice();
    const m = new Float32Array(SIZE);
    const v = new Float32Array(SIZE);
    const [b1, b2] = [f(0.9), f(0.999)];
    let [power1, power2] = [1, 1];
    for (let step = 0; step < 5; step++) {
      drawGradient();
      optimizer.update(0.1, step, 0, 1);
      power1 *= 0.9;
      power2 *= 0.999;
      const shrink = suffix === 'weight' ? f(0.1 * 0.01) : 0;
      for (let i = 0; i < SIZE; i++) {
        m[i] = f(f(b1 * m[i]!) + f(f(1 - b1) * gradient[i]!));
        v[i] = f(f(b2 * v[i]!) + f(f(1 - b2) * f(gradient[i]! * gradient[i]!)));
        const root = f(f(Math.sqrt(f(v[i]! * f(1 / (1 - power2))))) + f(1e-8));
        const moved = f(f(f(0.1 * (1 / (1 - power1))) * m[i]!) / root);
        w[i] = f(f(w[i]! - moved) - f(shrink * w[i]!));
      }
      expect(values).toEqual(w);
    }
    expect([...optimizer.state.keys()]).toEqual([`first/layer.${suffix}`, `second/layer.${suffix}`]);
  });

  it('Nesterov looks ahead, and the average follows the weights', () => {
    const { kernels, held, values, gradient, drawGradient } = setUp('weight');
    const options = { optimizer: 'nesterov', momentum: 0.9, decay: 0.01, average: 0.5 } as const;
    const optimizer = new Optimizer(kernels, [held], options);
    optimizer.begin();
    const w = values.slice();
    const v = new Float32Array(SIZE);
    const mean = values.slice();
    for (let step = 0; step < 12; step++) {
      drawGradient();
      optimizer.update(0.1, step, 0, 1);
      const share = f(1 - Math.min(0.5, (1 + step) / (10 + step)));
      for (let i = 0; i < SIZE; i++) {
        const slope = f(gradient[i]! + f(f(0.01) * w[i]!));
        v[i] = f(f(f(0.9) * v[i]!) + slope);
        w[i] = f(w[i]! - f(f(0.1) * f(slope + f(f(0.9) * v[i]!))));
        mean[i] = f(mean[i]! + f(share * f(w[i]! - mean[i]!)));
      }
      expect(values).toEqual(w);
      expect(optimizer.state.get('average/layer.weight')).toEqual(mean);
    }
  });

  it('leaves tracked parameters alone', () => {
    const { kernels, held, values, drawGradient } = setUp('mean');
    const tracked: Held = { ...held, training: 'tracked' };
    const optimizer = new Optimizer(kernels, [tracked], {
      optimizer: 'sgd',
      momentum: 0.9,
      decay: 0.1,
      average: 0,
    });
    const before = values.slice();
    drawGradient();
    optimizer.update(0.1, 0, 0, 1);
    expect(values).toEqual(before);
    expect(optimizer.state.size).toBe(0);
  });
});

describe('cross entropy', () => {
  it('is the definition, and its gradient that of the mean', () => {
    const logits = Float32Array.of(0, 0, 0, 0, 1, 2, 3, 4);
    const gradients = new Float32Array(8);
    const { sum, correct } = crossEntropy(
      logits,
      Uint8Array.of(2, 3),
      { batch: 2, classes: 4, smoothing: 0 },
      gradients,
    );
    const total = 1 + Math.exp(-1) + Math.exp(-2) + Math.exp(-3);
    expect(sum).toBeCloseTo(Math.log(4) + Math.log(total), 12);
    expect(correct).toBe(1);
    expect(gradients.slice(0, 4)).toEqual(Float32Array.of(0.125, 0.125, -0.375, 0.125));
    expect(gradients[7]).toBeCloseTo((1 / total - 1) / 2, 7);
  });

  it('smoothed targets spread a share over all classes', () => {
    const gradients = new Float32Array(4);
    const { sum } = crossEntropy(
      Float32Array.of(0, 1, 2, 3),
      Uint8Array.of(1),
      { batch: 1, classes: 4, smoothing: 0.2 },
      gradients,
    );
    const total = 1 + Math.exp(1) + Math.exp(2) + Math.exp(3);
    const p = [0, 1, 2, 3].map((x) => Math.exp(x) / total);
    const target = [0.05, 0.85, 0.05, 0.05];
    expect(sum).toBeCloseTo(-target.reduce((s, t, c) => s + t * Math.log(p[c]!), 0), 12);
    for (let c = 0; c < 4; c++) expect(gradients[c]).toBeCloseTo(p[c]! - target[c]!, 7);
  });

  it('stays finite for hopeless logits and tells of NaN', () => {
    const gradients = new Float32Array(2);
    const far = crossEntropy(Float32Array.of(0, 3e38), Uint8Array.of(0), ONE, gradients);
    expect(far.sum).toBeGreaterThan(700);
    expect(far.sum).toBeLessThan(710);
    expect([...gradients]).toEqual([-1, 1]);
    expect(crossEntropy(Float32Array.of(Number.NaN, 1), Uint8Array.of(1), ONE, gradients).sum).toBeNaN();
  });
});
