/** What a format does to the tensors of a layer, taken alone: of its weights and of what it writes, the worse. */
import type { TensorRecord } from '../../networks/layer-table.js';
import type { Layer } from './layers.js';

export interface LayerNoise {
  /** The lower of the two, in dB; Infinity where nothing is lost. */
  readonly sqnr: number;
  /** The larger share of saturated values, 0..1. */
  readonly saturated: number;
  /** The larger of both: largest magnitude over the largest the format has at its scale; above 1 where it saturates. */
  readonly rangeUsed: number;
}

/** `records`: the layer table of one format. */
export function layerNoise(layer: Layer, records: readonly TensorRecord[]): LayerNoise {
  const own = records.filter(({ kind, tensor }) =>
    kind === 'weights' ? layer.weights === 'own' && tensor === layer.name : tensor === layer.edge,
  );
  // a tensor of zeros has no ratio, and loses nothing
  const ratios = own.map(({ sqnr }) => (Number.isNaN(sqnr) ? Number.POSITIVE_INFINITY : sqnr));
  return {
    sqnr: Math.min(...ratios),
    saturated: Math.max(...own.map(({ saturated }) => saturated)),
    rangeUsed: Math.max(...own.map(({ rangeUsed }) => rangeUsed)),
  };
}
