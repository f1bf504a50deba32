/** Every edge's codes of the emac dataflow straight from docs/numerics.md §4: rationals, loop by loop. */

import { nearestMultiple, roundToPrecision, toRational } from '../../../arithmetic/float64.js';
import { randomWord as drawWord } from '../../../arithmetic/philox.js';
import {
  add,
  compare,
  divide,
  dyadic,
  multiply,
  type Rational,
  subtract,
} from '../../../arithmetic/rational.js';
import type { LayerChoices } from '../../../emac/layer/choices.js';
import type { Window } from '../../../emac/layer/window.js';
import { decodeExact, referenceEncode } from '../../../formats/rounding/reference.js';
import type {
  ActivationStep,
  AddStep,
  ConcatStep,
  EncodingTable,
  MacStep,
  PadStep,
  PoolStep,
  Program,
} from '../../../networks/program.js';
import { encodeTensor } from '../../../quantizers/encoder.js';
import type { Encoding } from '../../../quantizers/encoding.js';

/** The exact value of a code, without its scale. */
const value = (encoding: Encoding, code: number) =>
  subtract(decodeExact(encoding.format, code), dyadic(BigInt(encoding.zeroPoint), 0));

const scaleOf = (encoding: Encoding) => toRational(encoding.scales[0]!);

/** The taps of one output pixel, by the definition of a window: input pixels, undefined for padding. */
function taps(w: Window, oy: number, ox: number): (number | undefined)[] {
  const found: (number | undefined)[] = [];
  for (let ky = 0; ky < w.kernelHeight; ky++) {
    for (let kx = 0; kx < w.kernelWidth; kx++) {
      const y = oy * w.strideY - w.padTop + ky * w.dilationY;
      const x = ox * w.strideX - w.padLeft + kx * w.dilationX;
      found.push(y >= 0 && y < w.inHeight && x >= 0 && x < w.inWidth ? y * w.inWidth + x : undefined);
    }
  }
  return found;
}

/** What every step of one image is computed from. */
interface Run {
  readonly program: Program;
  readonly table: EncodingTable;
  readonly choices: LayerChoices;
  /** Of the image in its data set: what random words are keyed by. */
  readonly image: number;
  /** By edge; the steps so far have filled theirs. */
  readonly codes: number[][];
}

const encodingOf = ({ program, table }: Run, edge: number): Encoding =>
  table.edges.get(program.edges[edge]!.name)!;

/** Puts the code of y after its activation on `edge`. */
function finish(run: Run, edge: number, activation: string, y: Rational): void {
  const encoding = encodingOf(run, edge);
  let acted = y;
  if (activation !== 'identity' && y.numerator < 0n) acted = dyadic(0n, 0);
  const cap = divide(dyadic(6n, 0), scaleOf(encoding));
  if (activation === 'relu6' && compare(acted, cap) > 0) acted = cap;
  const codes = run.codes[edge]!;
  const word =
    encoding.rounding.mode === 'stochastic'
      ? { randomWord: drawWord(run.choices.seed, 'rounding', edge, run.image, codes.length) }
      : {};
  const { zeroPoint } = encoding;
  codes.push(
    referenceEncode(encoding.format, acted, encoding.rounding, { zeroPoint, range: 'full', ...word }),
  );
}

/** The factor between the scales of two edges. */
const rescale = (run: Run, from: number, to: number): Rational =>
  roundToPrecision(
    divide(scaleOf(encodingOf(run, from)), scaleOf(encodingOf(run, to))),
    run.choices.scaleBits,
  );

/** Calls `each` with the taps of every output pixel, by rows. */
function eachPixel(window: Window, each: (pixels: (number | undefined)[]) => void): void {
  for (let oy = 0; oy < window.outHeight; oy++) {
    for (let ox = 0; ox < window.outWidth; ox++) each(taps(window, oy, ox));
  }
}

/** [outChannels][k], the groups one after another. */
function weightCodes({ table, choices }: Run, step: MacStep): number[] {
  const w = table.weights.get(step.name)!;
  const perGroup = step.outChannels / step.groups;
  return Array.from({ length: step.groups }, (_, group) => {
    const scales =
      w.scales.length === 1 ? w.scales : w.scales.slice(group * perGroup, (group + 1) * perGroup);
    const slice = step.weights.subarray(group * perGroup * step.k, (group + 1) * perGroup * step.k);
    const randomKey = { seed: choices.seed, tensor: 0x10000 + step.output, image: group };
    return [...encodeTensor(slice, { ...w, scales }, { channels: perGroup, name: step.name, randomKey })];
  }).flat();
}

function runMac(run: Run, step: MacStep): void {
  const w = run.table.weights.get(step.name)!;
  const x = encodingOf(run, step.inputs[0]);
  const input = run.codes[step.inputs[0]]!;
  const channels = step.window.inChannels / step.groups;
  const perGroup = step.outChannels / step.groups;
  const codes = weightCodes(run, step);
  const lattice = w.format.facts.lsbExponent + x.format.facts.lsbExponent;
  eachPixel(step.window, (pixels) => {
    for (let channel = 0; channel < step.outChannels; channel++) {
      const unit = multiply(toRational(w.scales[w.scales.length === 1 ? 0 : channel]!), scaleOf(x));
      let sum = dyadic(nearestMultiple(divide(toRational(step.bias[channel]!), unit), lattice), lattice);
      pixels.forEach((pixel, tap) => {
        if (pixel === undefined) return;
        for (let c = 0; c < channels; c++) {
          const from = pixel * step.window.inChannels + Math.floor(channel / perGroup) * channels + c;
          const weight = value(w, codes[channel * step.k + tap * channels + c]!);
          sum = add(sum, multiply(weight, value(x, input[from]!)));
        }
      });
      const s = roundToPrecision(divide(unit, scaleOf(encodingOf(run, step.output))), run.choices.scaleBits);
      finish(run, step.output, step.activation, multiply(s, sum));
    }
  });
}

function runPool(run: Run, step: PoolStep): void {
  const x = encodingOf(run, step.inputs[0]);
  const input = run.codes[step.inputs[0]]!;
  const { inChannels } = step.window;
  const larger = (best: number, code: number) => (compare(value(x, code), value(x, best)) > 0 ? code : best);
  eachPixel(step.window, (pixels) => {
    const inside = pixels.filter((pixel) => pixel !== undefined);
    for (let c = 0; c < inChannels; c++) {
      const found = inside.map((pixel) => input[pixel * inChannels + c]!);
      if (step.pooling === 'max') run.codes[step.output]!.push(found.reduce(larger));
      else {
        const mean = divide(found.map((code) => value(x, code)).reduce(add), dyadic(BigInt(found.length), 0));
        finish(run, step.output, 'identity', multiply(rescale(run, step.inputs[0], step.output), mean));
      }
    }
  });
}

function runJoin(run: Run, step: AddStep | ActivationStep): void {
  for (let i = 0; i < run.program.edges[step.output]!.size; i++) {
    const terms = step.inputs.map((edge) =>
      multiply(rescale(run, edge, step.output), value(encodingOf(run, edge), run.codes[edge]![i]!)),
    );
    finish(run, step.output, step.activation, terms.reduce(add));
  }
}

/** Codes whose encoding says the same of them as the output's are not rounded again. */
function runConcat(run: Run, step: ConcatStep): void {
  const to = encodingOf(run, step.output);
  for (let pixel = 0; pixel < step.pixels; pixel++) {
    step.inputs.forEach((edge, part) => {
      const from = encodingOf(run, edge);
      const own = step.channels[part]!;
      for (const code of run.codes[edge]!.slice(pixel * own, (pixel + 1) * own)) {
        const same =
          from.format === to.format && from.scales[0] === to.scales[0] && from.zeroPoint === to.zeroPoint;
        if (same) run.codes[step.output]!.push(code);
        else
          finish(run, step.output, 'identity', multiply(rescale(run, edge, step.output), value(from, code)));
      }
    });
  }
}

function runPad(run: Run, step: PadStep): void {
  const { height, width, channels, top, bottom, left, right } = step.frame;
  const x = encodingOf(run, step.inputs[0]);
  for (let row = -top; row < height + bottom; row++) {
    for (let column = -left; column < width + right; column++) {
      for (let c = 0; c < channels; c++) {
        if (row < 0 || row >= height || column < 0 || column >= width) {
          const { zeroPoint } = x;
          run.codes[step.output]!.push(
            referenceEncode(x.format, dyadic(0n, 0), x.rounding, { zeroPoint, range: 'full', randomWord: 0 }),
          );
        } else {
          run.codes[step.output]!.push(run.codes[step.inputs[0]]![(row * width + column) * channels + c]!);
        }
      }
    }
  }
}

/** The codes of every edge for one image, the `index`th of its data set. */
export function expectedEdges(
  program: Program,
  table: EncodingTable,
  choices: LayerChoices,
  image: Float32Array,
  index: number,
): number[][] {
  const run: Run = { program, table, choices, image: index, codes: program.edges.map(() => []) };
  const randomKey = { seed: choices.seed, tensor: 0, image: index };
  run.codes[0] = [...encodeTensor(image, encodingOf(run, 0), { name: 'image', randomKey })];
  for (const step of program.steps) {
    if (step.kind === 'mac') runMac(run, step);
    else if (step.kind === 'pool') runPool(run, step);
    else if (step.kind === 'concat') runConcat(run, step);
    else if (step.kind === 'pad') runPad(run, step);
    else runJoin(run, step);
  }
  return run.codes;
}
