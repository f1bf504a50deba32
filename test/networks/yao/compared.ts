/** Yao et al. on the kernels and the slow way, code by code on every edge. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { createKernels } from '../../../kernels/loader.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { Program } from '../../../networks/program.js';
import { elementsOf } from '../../../networks/tensor.js';
import { yaoKernelRunner } from '../../../networks/yao/kernel-run.js';
import { yaoRunner } from '../../../networks/yao/run.js';
import { getNetwork, listNetworks } from '../../../networks/zoo/registry.js';

const kernels = createKernels();

const differing = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  let count = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) count++;
  return count;
};

/** Compares `count` images in a batch of `batch`; returns how many different codes the output has. */
export function compared(
  program: Program,
  bits: number,
  exponents: readonly number[],
  images: Float32Array,
  [batch, count]: readonly [number, number],
): number {
  kernels.clear();
  const fast = yaoKernelRunner(program, bits, exponents, { kernels, batch });
  const slow = yaoRunner(program, bits, exponents);
  const size = program.edges[program.input]!.size;
  // what an earlier run leaves behind must not matter
  fast.run(
    images.map((x) => -x),
    count,
  );
  fast.run(images, count);
  const seen = new Set<number>();
  for (let image = 0; image < count; image++) {
    slow.run(images.subarray(image * size, (image + 1) * size));
    program.edges.forEach((edge, i) => {
      const got = fast.codes[i]!.subarray(image * edge.size, (image + 1) * edge.size);
      expect(differing(got, slow.codes[i]!), `${bits} bits, ${edge.name}, image ${image}`).toBe(0);
    });
    for (const code of slow.codes[program.output]!) seen.add(code);
  }
  return seen.size;
}

/** Every network of the zoo, with random weights and batch-norms, in so many bits. */
export function compareZoo(widths: readonly number[]): void {
  describe.each(listNetworks().map(({ name, uses }) => [name, uses[0]!] as const))('%s', (name, use) => {
    const network = getNetwork(name, use.input, use.classes);
    const stream = new Stream(3, 'weights');
    const parameters = initialParameters(network, 3);
    for (const [key, { data }] of parameters) {
      if (/(gamma|variance)$/.test(key)) data.set(data.map(() => 0.5 + stream.uniform()));
      if (/(beta|mean|bias)$/.test(key)) data.set(data.map(() => stream.uniform() - 0.5));
    }
    const program = lower(network, parameters);
    const images = Float32Array.from({ length: elementsOf(use.input) }, () => 3 * stream.uniform() - 1);

    it.each(widths)('of %i bits has the codes of the slow way', (bits) => {
      const exponents = program.edges.map(({ name: edge }) => (edge === 'input' ? bits - 2 : bits - 3));
      const seen = compared(program, bits, exponents, images, [2, 1]);
      expect(seen).toBeGreaterThan(1);
    });
  });
}
