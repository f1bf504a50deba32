/** The stages there are, and the layers each can hold. A further one is a file beside this one and a line here. */
import type { StageKind, StageSource } from '../stage.js';
import { Float32Stage } from './float32.js';
import { Float64Stage } from './float64.js';
import { Int8Stage } from './int8.js';
import { Int16Stage } from './int16.js';

/**
 * Costs were measured at 2048 × 256 × 784, where rows and weights lie in the caches. That of int8, which needs relaxed
 * SIMD (Node ≥ 22), is of its whole stage beside that of int16, packing included, on Node 20 with V8's flag for relaxed
 * SIMD: 0.53 to 0.58 for weights and activations of up to 6 bits, up to 0.7 for the largest that it holds. Of equal
 * costs the first goes first. The last stage holds every layer and every block.
 */
export const STAGES: readonly StageKind[] = [
  {
    name: 'int8',
    tier: 'int16',
    cost: 0.55,
    readsWindows: false,
    // rows alone: laying windows out takes longer than int8 products save
    create: (source) => (bitsOf(source) <= 8 && !source.windows ? Int8Stage.of(source) : undefined),
  },
  {
    name: 'int16',
    tier: 'int16',
    cost: 1,
    readsWindows: true,
    create: (source) => (bitsOf(source) <= 8 ? new Int16Stage(source) : undefined),
  },
  {
    name: 'float32',
    tier: 'float32',
    cost: 2.2,
    readsWindows: false,
    create: (source) => (bitsOf(source) <= 16 ? Float32Stage.of(source) : undefined),
  },
  {
    name: 'float64',
    tier: 'float64',
    cost: 4,
    readsWindows: false,
    create: (source) => new Float64Stage(source),
  },
];

/** Of the wider operand. */
function bitsOf({ layer }: StageSource): number {
  return Math.max(layer.weights.format.bits, layer.activations.format.bits);
}
