/** The exact engine on one product: packing of activations, product, rounding and repair. */

import type { MacBlock, TierCounts } from '../../dist/emac/codes/block.js';
import { codeTable, type UseFacts, useFacts } from '../../dist/emac/codes/facts.js';
import { codeBytes, codeView } from '../../dist/emac/codes/width.js';
import { OperandReader } from '../../dist/emac/layer/lattice.js';
import type { MacLayer } from '../../dist/emac/layer/layer.js';
import { referenceOutput } from '../../dist/emac/layer/reference.js';
import { createMac } from '../../dist/emac/mac.js';
import type { CodeArray } from '../../dist/formats/code-array.js';
import { createKernels, type Kernels } from '../../dist/kernels/loader.js';
import type { CodedProduct } from '../layers.js';
import type { Contestant } from '../race.js';

/** Kernels may read up to this many rows past the last. */
const SPARE_ROWS = 16;

/** Outputs compared with the slow reference before a product is measured. */
const CHECKED = 24;

export interface ExactProduct extends Contestant {
  readonly kernels: Kernels;
  readonly layer: MacLayer;
  /** Codes of the outputs of the last run, [m][n]. */
  outputs(): CodeArray;
  /** Share of the outputs each tier decided, over all runs so far; undefined for accumulators that are not exact. */
  shares(): Readonly<Record<keyof TierCounts, number>> | undefined;
}

export function exactProduct(name: string, { layer, codes }: CodedProduct): ExactProduct {
  const kernels = createKernels();
  const { k, outChannels: n } = layer;
  const rows = codes.length / k;
  const inBits = layer.activations.format.bits;
  const outBits = layer.output.format.bits;
  const block: MacBlock = {
    kind: 'rows',
    codes: kernels.allocate((rows + SPARE_ROWS) * k * codeBytes(inBits)),
    rows,
    out: kernels.allocate(rows * n * codeBytes(outBits)),
    facts: inBits <= 8 ? factsOf(layer, codes) : undefined,
    randomWordAt: undefined,
  };
  codeView(kernels, inBits, block.codes, codes.length).set(codes);
  const mac = createMac(kernels, layer, rows);
  return {
    name,
    kernels,
    layer,
    run: () => mac.run(block),
    outputs: () => codeView(kernels, outBits, block.out, rows * n),
    shares: () => mac.counts && sharesOf(mac.counts),
  };
}

function factsOf(layer: MacLayer, codes: CodeArray): UseFacts {
  const used = new Uint8Array(2 ** layer.activations.format.bits);
  for (const code of codes) used[code] = 1;
  return useFacts(codeTable(layer.activations), used);
}

function sharesOf(counts: TierCounts): Record<keyof TierCounts, number> {
  const all = Object.values(counts).reduce((sum: number, count: number) => sum + count, 0);
  return Object.fromEntries(
    Object.entries(counts).map(([tier, count]) => [tier, count / all]),
  ) as unknown as Record<keyof TierCounts, number>;
}

/** Runs once and compares outputs spread over the product with the slow reference; throws where one differs. */
export function checkExact(product: ExactProduct, { layer, codes }: CodedProduct): void {
  product.run();
  const outputs = product.outputs();
  const readers = {
    weights: new OperandReader(layer.weights),
    activations: new OperandReader(layer.activations),
  };
  for (let i = 0; i < CHECKED; i++) {
    const at = Math.floor((i * (outputs.length - 1)) / (CHECKED - 1));
    const row = Math.floor(at / layer.outChannels);
    const wanted = referenceOutput(layer, readers, codes, row * layer.k, at % layer.outChannels);
    if (outputs[at] !== wanted) {
      throw new Error(`${product.name}: output ${at} is code ${outputs[at]}, by the reference ${wanted}`);
    }
  }
}
