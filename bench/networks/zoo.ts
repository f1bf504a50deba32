/** The networks of the zoo as the benches run them: at the largest input that weights of the package are for. */
import { hasWeights } from '../../dist/networks/files/named-weights.js';
import { listNetworks } from '../../dist/networks/zoo/registry.js';
import type { ImageSet } from './images.js';

export const zooNames = (): readonly string[] => listNetworks().map(({ name }) => name);

/** Largest first. */
const SETS: readonly ImageSet[] = ['cifar-10', 'mnist', 'mnist-14', 'breast-cancer'];

/** Of the network `name`. */
export function zooImages(name: string): ImageSet {
  const images = SETS.find((set) => hasWeights(`${name}-${set}`));
  if (images === undefined)
    throw new Error(`no weights of ${name} for ${SETS.join(', ')}: name their set here`);
  return images;
}
