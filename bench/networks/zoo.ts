/** The networks of the zoo as the benches run them: at their largest input, after a short training. */

import { elementsOf } from '../../dist/networks/tensor.js';
import { getNetwork, listNetworks, type NetworkUse } from '../../dist/networks/zoo/registry.js';
import type { ImageSet } from './images.js';
import type { Recipe } from './trained.js';

export const zooNames = (): readonly string[] => listNetworks().map(({ name }) => name);

/** Which images have which shape. */
const SETS: Readonly<Record<string, ImageSet>> = {
  '28,28,1': 'mnist',
  '32,32,3': 'cifar-10',
  '196,1': 'mnist-14',
  '30': 'breast-cancer',
};

function largestUse(name: string): NetworkUse {
  const { uses } = listNetworks().find((network) => network.name === name)!;
  return uses.reduce((most, use) => (elementsOf(use.input) > elementsOf(most.input) ? use : most));
}

export function zooRecipe(name: string): Recipe {
  const images = SETS[largestUse(name).input.join()];
  if (images === undefined) throw new Error(`no images for ${name}: name a set of its shape here`);
  return {
    build: (input, classes) => getNetwork(name, input, classes),
    images,
    // of weights as they begin, sums and codes lie otherwise than of trained ones; better is not needed here
    train: { quick: 128, full: 3000 },
    options: { optimizer: 'adam', batch: 32 },
  };
}
