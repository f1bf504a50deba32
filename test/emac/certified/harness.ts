/**
 * Crafted operands through every stage and through the whole engine, against the slow reference: a code that a stage
 * calls certain must be right whatever repair does later.
 */
import { toRational } from '../../../arithmetic/float64.js';
import { CertifiedMac } from '../../../emac/certified/mac.js';
import { RoundStage } from '../../../emac/certified/round/certify.js';
import { OutputRounder } from '../../../emac/certified/round/output.js';
import type { StageKind, StageOne } from '../../../emac/certified/stage.js';
import { STAGES } from '../../../emac/certified/stages/list.js';
import type { MacBlock, TierCounts } from '../../../emac/codes/block.js';
import { codeTable, useFacts } from '../../../emac/codes/facts.js';
import { codeBytes, codeView } from '../../../emac/codes/width.js';
import { DEFAULT_CHOICES } from '../../../emac/layer/choices.js';
import { OperandReader } from '../../../emac/layer/lattice.js';
import { type Activation, type MacLayer, quantizeLayer } from '../../../emac/layer/layer.js';
import { layerNumbers } from '../../../emac/layer/numbers.js';
import { referenceOutput } from '../../../emac/layer/reference.js';
import { NEAREST_EVEN, type NumberFormat, type Rounding } from '../../../formats/format.js';
import { getFormat } from '../../../formats/registry.js';
import { createKernels, type Kernels } from '../../../kernels/loader.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { outputView } from '../output-view.js';
import { int8Twin } from './int8-twin.js';

export interface Crafted {
  readonly weights: string;
  readonly activations?: string;
  readonly output: string;
  readonly rounding?: Rounding;
  /** Of every output, under stochastic rounding; 2^31 by default. */
  readonly randomWord?: number;
  readonly activation?: Activation;
  readonly k: number;
  /** One an output channel: w by k (values), b in lattice units, s as a float64. */
  readonly channels: readonly { readonly w: (p: number) => number; readonly b: bigint; readonly s: number }[];
  /** x by k (values), one a row. */
  readonly rows: readonly ((p: number) => number)[];
  readonly scaleBits: number;
}

export interface Outcome {
  /** Wrong codes of the engine, and of outputs a stage called certain, over all stages. */
  readonly wrong: number;
  readonly codes: number[];
  readonly counts: TierCounts;
  readonly layer: MacLayer;
  /** Outputs each stage that takes the operands left undecided. */
  readonly undecided: Readonly<Record<string, number | undefined>>;
}

/** `name`, or `name, decoded`: without the layout that lets codes be computed, so rounded by thresholds, or one by one. */
function formatOf(name: string): NumberFormat {
  if (!name.endsWith(', decoded')) return getFormat(name);
  // one object a name, for what is derived from a format is kept by it
  const format = decoded.get(name) ?? { ...getFormat(name.replace(', decoded', '')), layout: undefined };
  decoded.set(name, format);
  return format;
}

const decoded = new Map<string, NumberFormat>();

export function encoding(name: string, rounding = NEAREST_EVEN): Encoding {
  return {
    format: formatOf(name),
    rounding,
    zeroPoint: 0,
    range: 'full' as const,
    granularity: { kind: 'tensor' },
    scales: Float64Array.of(1),
  };
}

/** The code of a value, NaN and infinities too; throws where it is no value of the format. */
function exactCode(format: NumberFormat, value: number): number {
  const { positive, negative } = format.infinity ?? {};
  const code = Number.isFinite(value)
    ? format.encode(value)
    : Number.isNaN(value)
      ? format.nan
      : value > 0
        ? positive
        : negative;
  if (code === undefined || !Object.is(format.toNumber(code), value + 0))
    throw new Error(`${value} is no value of ${format.name}`);
  return code;
}

/** Runs the engine and every stage against the reference. */
export function run(test: Crafted): Outcome {
  const { k, channels, rows, output, rounding } = test;
  const w = encoding(test.weights);
  const x = encoding(test.activations ?? test.weights);
  const n = channels.length;
  const source = {
    name: 'layer',
    k,
    outChannels: n,
    weights: new Float32Array(n * k),
    bias: new Float32Array(n),
    activation: test.activation ?? 'identity',
    tensor: 1,
    group: 0,
  } as const;
  const choices = { ...DEFAULT_CHOICES, scaleBits: test.scaleBits };
  const layer: MacLayer = {
    ...quantizeLayer(source, w, x, encoding(output, rounding), choices),
    multipliers: channels.map(({ s }) => toRational(s)),
    bias: channels.map(({ b }) => b),
  };
  for (const [channel, { w: weight }] of channels.entries())
    for (let p = 0; p < k; p++) layer.weightCodes[channel * k + p] = exactCode(w.format, weight(p));
  const kernels = createKernels('never');
  const { bits } = x.format;
  const codes = kernels.allocate((rows.length + 4) * k * codeBytes(bits));
  const inputs = codeView(kernels, bits, codes, rows.length * k);
  for (const [row, at] of rows.entries())
    for (let p = 0; p < k; p++) inputs[row * k + p] = exactCode(x.format, at(p));
  const out = kernels.allocate(rows.length * n * 4);
  const used = new Uint8Array(256);
  if (bits <= 8) for (const code of inputs) used[code] = 1;
  const facts = bits <= 8 ? useFacts(codeTable(x), used.subarray(0, 2 ** bits)) : undefined;
  const randomWordAt = rounding?.mode === 'stochastic' ? () => test.randomWord ?? 0x80000000 : undefined;
  const block: MacBlock = { kind: 'rows', codes, rows: rows.length, out, facts, randomWordAt };

  const readers = { weights: new OperandReader(w), activations: new OperandReader(x) };
  const expected = Array.from({ length: rows.length * n }, (_, at) =>
    referenceOutput(layer, readers, inputs, Math.floor(at / n) * k, at % n, randomWordAt?.()),
  );
  const special = (at: number) =>
    [...layer.weightCodes.subarray((at % n) * k, (at % n) * k + k)].some(
      (code) => !Number.isFinite(w.format.toNumber(code)),
    ) ||
    [...inputs.subarray(Math.floor(at / n) * k, Math.floor(at / n) * k + k)].some(
      (code) => !Number.isFinite(x.format.toNumber(code)),
    );
  const isSpecial = expected.map(
    (_, at) => w.format.facts.reserved + x.format.facts.reserved > 0 && special(at),
  );

  let wrong = 0;
  const undecided: Record<string, number> = {};
  for (const [{ name }, stage] of stagesOf(kernels, layer, rows.length)) {
    const sums = stage.run(block);
    if (!sums) continue;
    const rounder = new OutputRounder(layer.output, layer.activation, layer.cap);
    const round = new RoundStage(kernels, layer, rounder, rows.length);
    round.run(block, sums);
    const indices = new Set(round.undecided.values.subarray(0, round.undecidedCount));
    undecided[name] = indices.size;
    const certain = outputView(kernels, block, layer);
    for (const [at, code] of expected.entries())
      if (!isSpecial[at] && !indices.has(at) && certain[at] !== code) wrong++;
  }
  const mac = new CertifiedMac(kernels, layer, rows.length);
  // again, for the choice of a stage may follow what the one before left undecided
  for (const _ of [1, 2, 3]) {
    mac.run(block);
    const outputs = outputView(kernels, block, layer);
    for (const [at, code] of expected.entries()) if (outputs[at] !== code) wrong++;
  }
  return { wrong, codes: [...outputView(kernels, block, layer)], counts: mac.counts, layer, undecided };
}

/** Every stage of the list that can start on a layer's codes. */
function stagesOf(kernels: Kernels, layer: MacLayer, maxRows: number): [StageKind, StageOne][] {
  const source = { kernels, layer, numbers: layerNumbers(layer), maxRows, windows: undefined };
  Object.assign(kernels, { relaxed: int8Twin(kernels) });
  const stages = STAGES.flatMap((kind): [StageKind, StageOne][] => {
    const stage = kind.create(source);
    return stage ? [[kind, stage]] : [];
  });
  // the engine is to start with int16
  Object.assign(kernels, { relaxed: undefined });
  return stages;
}
