/** Every network of the zoo, as it is trained and as it is lowered: the same logits, in steps of the expected kinds. */
import { describe, expect, it } from 'vitest';
import { Stream } from '../../../arithmetic/philox.js';
import { createKernels } from '../../../kernels/loader.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { lower } from '../../../networks/lower.js';
import { initialParameters } from '../../../networks/parameters.js';
import type { Step } from '../../../networks/program.js';
import { elementsOf } from '../../../networks/tensor.js';
import { TrainingGraph } from '../../../networks/training/graph.js';
import { getNetwork, listNetworks } from '../../../networks/zoo/registry.js';

const USES = listNetworks().flatMap(({ name, uses }) =>
  uses.map((use) => [name, use.input, use.classes] as const),
);

/** First values, with batch-norms that are not the identity. */
function parametersOf(network: ReturnType<typeof getNetwork>) {
  const stream = new Stream(3, 'dataset');
  const parameters = initialParameters(network, 3);
  for (const [name, { data }] of parameters) {
    if (/(gamma|variance)$/.test(name)) data.set(data.map(() => 0.75 + stream.uniform() / 2));
    if (/(beta|mean|bias)$/.test(name)) data.set(data.map(() => stream.uniform() / 2 - 0.25));
  }
  return parameters;
}

describe('a network of the zoo', () => {
  it.each(USES)(
    '%s on %j gives the logits of its training graph once it is lowered',
    (name, input, classes) => {
      const network = getNetwork(name, input, classes);
      const parameters = parametersOf(network);
      const stream = new Stream(4, 'dataset');
      const image = Float32Array.from({ length: elementsOf(input) }, () => 4 * stream.uniform() - 2);
      const graph = new TrainingGraph(createKernels(), network, 1, 1);
      graph.fill(parameters);
      const trained = graph.logits(image, 1);
      const program = lower(network, parameters);
      const plan = compileFloat(program, { batch: 1 });
      plan.run(image, 1);
      const logits = plan.edgeValues(program.output, 1);
      const largest = Math.max(...trained.map(Math.abs));
      expect(largest).toBeGreaterThan(0.01);
      // folded batch-norms and the order of sums differ, by roundings of float32
      trained.forEach((logit, i) => {
        expect(Math.abs(logits[i]! - logit)).toBeLessThan(1e-4 * largest);
      });
    },
  );

  const kindsOf = (name: string, input: readonly number[]): string[] => {
    const network = getNetwork(name, input, 10);
    const told = (step: Step) => ('activation' in step ? `${step.kind} ${step.activation}` : step.kind);
    return lower(network, initialParameters(network, 3)).steps.map(told);
  };

  it('resnet8 is nine convolutions, three adds, one mean and one dense layer', () => {
    expect(kindsOf('resnet8', [32, 32, 3])).toEqual([
      'mac relu',
      ...['mac relu', 'mac identity', 'add relu'],
      ...['mac relu', 'mac identity', 'mac identity', 'add relu'],
      ...['mac relu', 'mac identity', 'mac identity', 'add relu'],
      ...['pool', 'mac identity'],
    ]);
  });

  it('densenet-tiny joins by concat alone, mobilenet-tiny is ReLU6 throughout', () => {
    const dense = kindsOf('densenet-tiny', [32, 32, 3]);
    expect(dense.filter((kind) => kind === 'concat')).toHaveLength(10);
    expect(new Set(dense)).toEqual(new Set(['mac relu', 'pool', 'concat', 'mac identity']));
    const mobile = kindsOf('mobilenet-tiny', [32, 32, 3]);
    expect(mobile).toEqual([...new Array(13).fill('mac relu6'), 'pool', 'mac identity']);
  });

  it('a stride of two has TensorFlow’s padding: one line below, none above', () => {
    const network = getNetwork('resnet8', [32, 32, 3], 10);
    const { steps } = lower(network, initialParameters(network, 3));
    const halving = steps.find((step) => step.name === 'conv3a');
    expect(halving).toMatchObject({
      window: { inHeight: 32, outHeight: 16, strideY: 2, padTop: 0, padLeft: 0, kernelHeight: 3 },
    });
  });
});
