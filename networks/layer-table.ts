/**
 * What formats do to each tensor of a network, taken alone: its float32 values against what their codes decode
 * to. Errors do not add up from layer to layer here; a run of a quantized dataflow shows what they do together.
 */
import { log10 } from '../arithmetic/elementary.js';
import type { NumberFormat } from '../formats/format.js';
import { decodeTensor, encodeTensor } from '../quantizers/encoder.js';
import type { Encoding } from '../quantizers/encoding.js';
import { type Unsaturated, unsaturated } from '../quantizers/saturation.js';
import type { ImageBatch } from './calibration.js';
import type { Plan } from './plan.js';
import type { EncodingTable, Program } from './program.js';

/** One tensor in one format. Shares are of all its values, 0..1. */
export interface TensorRecord {
  /** Name of the edge, or of the layer whose weights they are. */
  readonly tensor: string;
  readonly kind: 'weights' | 'activations';
  readonly format: string;
  /** The scale; where every channel has its own, the first one. */
  readonly scale: number;
  /** How many scales the tensor has. */
  readonly scales: number;
  readonly zeroPoint: number;
  readonly values: number;
  /** 10·log10(Σx² / Σ(x − decoded)²); Infinity where nothing is lost, NaN for a tensor of zeros. */
  readonly sqnr: number;
  /** max |x − decoded|, in the tensor's own unit. */
  readonly maxError: number;
  /** Values beyond the encoding's overflow boundary: in nearest modes half a step past its largest or smallest value. */
  readonly saturated: number;
  /** Values that are not 0 and became 0, or that a posit held at ±minpos although they are smaller. */
  readonly underflow: number;
  /** max |x| over the largest magnitude the encoding has on that side; above 1 where it saturates. */
  readonly rangeUsed: number;
  /** Distinct codes that occur, of all with a finite value in use; undefined beyond 16 bits. */
  readonly codesUsed: number | undefined;
}

/**
 * The records of every weight tensor and every edge, in the program's order, each with its formats side by side:
 * one record a table, in the order of the tables. `plan` is a float plan, run over the batches once; sums run in
 * the order of images. Throws UserError for a value a format has no code for.
 */
export function layerTable(
  plan: Plan,
  batches: Iterable<ImageBatch>,
  tables: readonly EncodingTable[],
): TensorRecord[] {
  const { program } = plan;
  const edges = program.edges.map((edge) =>
    tables.map((table) => new ErrorMeter(edge.name, 'activations', table.edges.get(edge.name)!)),
  );
  let batchNumber = 0;
  for (const { images, count } of batches) {
    plan.run(images, count);
    for (const [edge, meters] of edges.entries()) {
      const values = Float32Array.from(plan.edgeValues(edge, count));
      for (const meter of meters) meter.add(values, 1, { tensor: edge, image: batchNumber });
    }
    batchNumber++;
  }
  return inOrder(program, edges, tables);
}

function inOrder(
  program: Program,
  edges: readonly (readonly ErrorMeter[])[],
  tables: readonly EncodingTable[],
): TensorRecord[] {
  const records = edges[program.input]!.map((meter) => meter.record());
  for (const step of program.steps) {
    if (step.kind === 'mac') {
      for (const table of tables) {
        const meter = new ErrorMeter(step.name, 'weights', table.weights.get(step.name)!);
        meter.add(step.weights, step.outChannels, { tensor: program.edges.length + step.output, image: 0 });
        records.push(meter.record());
      }
    }
    records.push(...edges[step.output]!.map((meter) => meter.record()));
  }
  return records;
}

/** Sums over one tensor in one encoding. */
class ErrorMeter {
  readonly #limits: readonly Limits[];
  readonly #seen: Uint8Array;
  #values = 0;
  #signal = 0;
  #noise = 0;
  #maxError = 0;
  #saturated = 0;
  #underflow = 0;
  #rangeUsed = 0;

  constructor(
    private readonly tensor: string,
    private readonly kind: TensorRecord['kind'],
    private readonly encoding: Encoding,
  ) {
    const { format, scales } = encoding;
    this.#limits = Array.from(scales, (scale) => limitsOf(encoding, scale));
    this.#seen = new Uint8Array(format.bits <= 16 ? 2 ** format.bits : 0);
  }

  /** `key`: what stochastic draws are keyed by, with seed 0. */
  add(values: Float32Array, channels: number, key: { tensor: number; image: number }): void {
    const { encoding } = this;
    const codes = encodeTensor(values, encoding, {
      channels,
      name: this.tensor,
      randomKey: { seed: 0, ...key },
    });
    const decoded = decodeTensor(codes, encoding, channels);
    const perChannel = values.length / this.#limits.length;
    for (const [channel, limits] of this.#limits.entries()) {
      const end = (channel + 1) * perChannel;
      for (let i = channel * perChannel; i < end; i++) this.#count(values[i]!, decoded[i]!, limits);
    }
    if (this.#seen.length > 0) for (const code of codes) this.#seen[code] = 1;
    this.#values += values.length;
  }

  #count(x: number, decoded: number, { low, high, held, within }: Limits): void {
    const error = Math.abs(x - decoded);
    this.#signal += x * x;
    this.#noise += error * error;
    if (error > this.#maxError) this.#maxError = error;
    if (x > within.highest || x < within.lowest) this.#saturated++;
    if (x !== 0 && (decoded === 0 || Math.abs(x) < held)) this.#underflow++;
    const used = x === 0 ? 0 : Math.abs(x) / Math.abs(x > 0 ? high : low);
    if (used > this.#rangeUsed) this.#rangeUsed = used;
  }

  record(): TensorRecord {
    const { format, scales, zeroPoint } = this.encoding;
    const share = (count: number) => (this.#values === 0 ? 0 : count / this.#values);
    return {
      tensor: this.tensor,
      kind: this.kind,
      format: format.name,
      scale: scales[0]!,
      scales: scales.length,
      zeroPoint,
      values: this.#values,
      sqnr: this.#signal === 0 ? Number.NaN : 10 * log10(this.#signal / this.#noise),
      maxError: this.#maxError,
      saturated: share(this.#saturated),
      underflow: share(this.#underflow),
      rangeUsed: this.#rangeUsed,
      codesUsed: this.#seen.length === 0 ? undefined : this.#codesUsed(format),
    };
  }

  #codesUsed(format: NumberFormat): number {
    const { range } = this.encoding;
    const used = range === 'narrow' && format.narrowRange ? format.narrowRange : format.facts;
    let codes = 0;
    let seen = 0;
    for (const [code, occurs] of this.#seen.entries()) {
      const value = format.toNumber(code);
      if (!(value >= used.min && value <= used.max)) continue;
      codes++;
      seen += occurs;
    }
    return seen / codes;
  }
}

/**
 * The smallest and largest real of an encoding; the magnitude below which a posit holds its value at ±minpos (0 for
 * other formats); and the reals that do not overflow.
 */
interface Limits {
  readonly low: number;
  readonly high: number;
  readonly held: number;
  readonly within: Unsaturated;
}

function limitsOf(encoding: Encoding, scale: number): Limits {
  const { format, zeroPoint, range } = encoding;
  const { min, max } = range === 'narrow' && format.narrowRange ? format.narrowRange : format.facts;
  return {
    low: scale * (min - zeroPoint),
    high: scale * (max - zeroPoint),
    held: format.belowMinPositive === 'held' ? scale * format.facts.minPositive : 0,
    within: unsaturated(encoding, scale),
  };
}
