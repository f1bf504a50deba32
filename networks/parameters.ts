/** Parameters of a network: their first values, and the check that given ones fit. */
import { Stream } from '../arithmetic/philox.js';
import { UserError } from '../errors.js';
import type { Network, Parameters } from './network.js';
import { type NamedParameter, nodeFacts } from './shapes.js';
import type { Tensor } from './tensor.js';
import { elementsOf } from './tensor.js';

/** All parameters of the network, in the order of its nodes. */
export function parametersOf(network: Network): readonly NamedParameter[] {
  return nodeFacts(network).flatMap((node) => node.parameters);
}

/**
 * First values: weights uniform in ±√(6 / fan-in) (He et al. 2015, their variance 2 / fan-in), the others
 * constant. The draws of a parameter are the stream of its position, so they depend on `seed` and on nothing
 * that comes after it.
 */
export function initialParameters(network: Network, seed: number): Map<string, Tensor> {
  const parameters = new Map<string, Tensor>();
  parametersOf(network).forEach(({ name, shape, initial }, position) => {
    const data = new Float32Array(elementsOf(shape));
    if (initial.kind === 'constant') data.fill(initial.value);
    else {
      const stream = new Stream(seed, 'weights', position);
      const bound = Math.sqrt(6 / initial.fanIn);
      for (let i = 0; i < data.length; i++) data[i] = (2 * stream.uniform() - 1) * bound;
    }
    parameters.set(name, { shape, data });
  });
  return parameters;
}

/** Parameters of the right shapes without a draw: weights of 0, the others as they begin. For what looks at no weight. */
export function blankParameters(network: Network): Map<string, Tensor> {
  return new Map(
    parametersOf(network).map(({ name, shape, initial }) => {
      const data = new Float32Array(elementsOf(shape));
      if (initial.kind === 'constant') data.fill(initial.value);
      return [name, { shape, data }];
    }),
  );
}

/** Throws UserError unless `parameters` holds exactly the network's parameters, of its shapes, all finite. */
export function checkParameters(network: Network, parameters: Parameters): void {
  const expected = parametersOf(network);
  for (const { name, shape } of expected) {
    const tensor = parameters.get(name);
    if (tensor === undefined) {
      throw new UserError(
        `network ${network.name}: the weights lack tensor ${name}; use the file saved with this network`,
      );
    }
    if (tensor.shape.join() !== shape.join() || tensor.data.length !== elementsOf(shape)) {
      throw new UserError(
        `tensor ${name}: its shape is [${tensor.shape.join(', ')}], but network ${network.name} needs [${shape.join(', ')}]`,
      );
    }
    for (let i = 0; i < tensor.data.length; i++) {
      if (!Number.isFinite(tensor.data[i]!)) {
        throw new UserError(
          `tensor ${name}: element ${i} is ${tensor.data[i]}; weights must be finite (train again, with a lower rate)`,
        );
      }
    }
  }
  if (parameters.size > expected.length) {
    const names = new Set(expected.map(({ name }) => name));
    const extra = [...parameters.keys()].find((name) => !names.has(name));
    throw new UserError(`network ${network.name}: the weights hold tensor ${extra}, which it does not have`);
  }
}
