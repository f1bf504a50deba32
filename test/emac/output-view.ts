import { codeView } from '../../emac/codes/width.js';
import type { MacLayer } from '../../emac/layer/layer.js';
import type { CodeArray } from '../../formats/code-array.js';
import type { Kernels } from '../../kernels/loader.js';

/** The output codes of a block as a typed array of their width. */
export function outputView(
  kernels: Kernels,
  block: { rows: number; out: number },
  layer: MacLayer,
): CodeArray {
  return codeView(kernels, layer.output.format.bits, block.out, block.rows * layer.outChannels);
}
