/** A whole C99 file of an exported network. */
import type { ExportedNetwork } from '../integers.js';
import { type CProgram, framed } from './frame.js';
import { commentOf } from './identifiers.js';
import { stepText } from './step.js';

/** `name` begins the names of what the file shows to others: an identifier of C. */
export function cProgram(network: ExportedNetwork, name: string): CProgram {
  return framed(network, name, {
    title: `${commentOf(network.source)} in integers alone, requantization ${network.requantize}`,
    told(at) {
      const { type, shape, size, scale, zeroPoint } = network.tensors[at]!;
      return `${size} codes ${type} [${shape.join(', ')}], real = ${scale} * (code - ${zeroPoint})`;
    },
    step: (i, constants, layer, pointer) => stepText(network.steps[i]!, network, constants, layer, pointer),
  });
}
