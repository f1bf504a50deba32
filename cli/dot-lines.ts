/** Reads dot products as lines of hex codes and writes what the exact unit makes of them. */
import { exactDecimal } from '../arithmetic/decimal.js';
import { toRational } from '../arithmetic/float64.js';
import { randomWord } from '../arithmetic/philox.js';
import { dyadic, multiply, type Rational } from '../arithmetic/rational.js';
import { multiplierOf } from '../emac/layer/layer.js';
import { encodeExact } from '../emac/layer/reference.js';
import { datapathOf } from '../emac/unit/datapath.js';
import { ExactDot } from '../emac/unit/dot.js';
import { EmacUnit } from '../emac/unit/pipeline.js';
import { traceDot } from '../emac/unit/pipeline-run.js';
import type { RequantizerKind } from '../emac/unit/requantizer.js';
import { requireAccumulator } from '../emac/unit/widths.js';
import { requireWhole, UserError } from '../errors.js';
import type { NumberFormat, OverflowPolicy, Rounding, RoundingMode, Underflow } from '../formats/format.js';
import { getFormat } from '../formats/registry.js';
import { checkRounding } from '../formats/rounding/rules.js';
import { plainPieces } from '../input/lines.js';
import type { Encoding } from '../quantizers/encoding.js';
import { type DotPrint, type DotResult, dotText } from './dot-text.js';
import { HexLines, type HexSink } from './hex-lines.js';
import { parseValue } from './read-value.js';

export interface DotOptions {
  readonly weights: string;
  readonly activations: string;
  readonly output: string;
  readonly mode: string;
  readonly policy: string;
  readonly underflow: string;
  readonly seed: number;
  /** Accumulator bits of the unit; undefined for as many as each line needs. */
  readonly width: number | undefined;
  /** s as it was written; it is rounded to `scaleBits` significand bits. */
  readonly multiplier: string;
  readonly scaleBits: number;
  /** What the traced unit has where s is no power of two. */
  readonly requantizer: RequantizerKind;
  readonly print: DotPrint;
}

/** Longest line, in products: a file without line ends must not fill the memory. */
const LARGEST_K = 2 ** 20;
/** Most lines: what each gives is kept till all are read, so that an error leaves nothing half-written. */
const MOST_LINES = 2 ** 20;
/** Longest traced line: a trace has a row a cycle. */
const LARGEST_TRACE = 2 ** 14;

/** A code as this project writes it: 0x, lower case, ⌈bits/4⌉ digits. */
function hexCode(code: number, format: NumberFormat): string {
  return `0x${code.toString(16).padStart(Math.ceil(format.bits / 4), '0')}`;
}

/** s, rounded to `scaleBits` significand bits. Throws UserError for what is no positive number, and beyond 2^±512. */
function multiplierOption(text: string, scaleBits: number): Rational {
  requireWhole(`--scale-bits ${scaleBits}`, scaleBits, 1, 53);
  const s = parseValue({ text, where: '--multiplier' });
  if (!(s > 0 && Number.isFinite(s))) {
    throw new UserError(`--multiplier ${text} is impossible; give a number above 0`);
  }
  return multiplierOf(`--multiplier ${text}`, toRational(s), 1, scaleBits);
}

/** Adds up codes as they arrive and rounds each line once. */
class DotSink implements HexSink {
  readonly results: DotResult[] = [];
  readonly #weights: NumberFormat;
  readonly #activations: NumberFormat;
  readonly #encoding: Encoding;
  readonly #dot: ExactDot;
  readonly #multiplier: Rational;
  readonly #codes: number[] = [];
  readonly #sizes: readonly [number, number];
  #count = 0;
  #weight = 0;

  constructor(private readonly options: DotOptions) {
    this.#weights = getFormat(options.weights);
    this.#activations = getFormat(options.activations);
    const rounding: Rounding = {
      mode: options.mode as RoundingMode,
      policy: options.policy as OverflowPolicy,
      underflow: options.underflow as Underflow,
    };
    const format = getFormat(options.output);
    checkRounding(format, rounding);
    if (
      options.width !== undefined &&
      !(Number.isInteger(options.width) && options.width >= 2 && options.width <= 8192)
    ) {
      throw new UserError(
        `--width ${options.width} is impossible; an accumulator has 2 to 8192 bits, a whole number`,
      );
    }
    requireWhole(`--seed ${options.seed}`, options.seed, 0, 2 ** 32 - 1);
    this.#encoding = {
      format,
      rounding,
      granularity: { kind: 'tensor' },
      scales: Float64Array.of(1),
      zeroPoint: 0,
      range: 'full',
    };
    this.#multiplier = multiplierOption(options.multiplier, options.scaleBits);
    this.#dot = new ExactDot(this.#weights, this.#activations);
    this.#sizes = [2 ** this.#weights.bits, 2 ** this.#activations.bits];
  }

  code(code: number, line: number): void {
    const side = this.#count & 1;
    if (code >= this.#sizes[side]!) {
      const format = side === 0 ? this.#weights : this.#activations;
      throw new UserError(
        `line ${line}: code 0x${code.toString(16)} is not one of ${format.name}, whose codes are 0x0 to 0x${(this.#sizes[side]! - 1).toString(16)}`,
      );
    }
    this.#count++;
    if (this.#traced()) this.#codes.push(code);
    if (side === 0) this.#weight = code;
    else this.#dot.add(this.#weight, code);
    if (this.#count > 2 * LARGEST_K) {
      throw new UserError(
        `line ${line}: more than ${LARGEST_K} products; split the dot product into shorter lines`,
      );
    }
  }

  line(line: number): void {
    if (this.#count % 2 !== 0) {
      throw new UserError(`line ${line}: ${this.#count} codes; give pairs, w0 x0 w1 x1 …, so an even number`);
    }
    if (line > MOST_LINES) throw new UserError(`more than ${MOST_LINES} lines; give them in several runs`);
    const k = this.#count / 2;
    const { width, seed } = this.options;
    const paths = { weights: datapathOf(this.#weights), activations: datapathOf(this.#activations) };
    if (width !== undefined) requireAccumulator(width, { ...paths, k }, `line ${line}`);
    const stochastic = this.#encoding.rounding.mode === 'stochastic';
    const word = stochastic ? randomWord(seed, 'rounding', 0, line - 1, 0) : undefined;
    const sum = this.#dot.take();
    const value =
      typeof sum === 'bigint' ? multiply(this.#multiplier, dyadic(sum, this.#dot.latticeExponent)) : sum;
    const code = this.#encode(() => encodeExact(value, this.#encoding, word), line);
    const trace = this.#traced() ? this.#trace(k, line, word, code) : undefined;
    const { format } = this.#encoding;
    this.results.push({
      line,
      k,
      code: hexCode(code, format),
      value: exactDecimal(format.toNumber(code)),
      trace,
    });
    this.#count = 0;
    this.#codes.length = 0;
  }

  #traced(): boolean {
    return this.options.print === 'trace' || this.options.print === 'trace-json';
  }

  #encode<T>(encode: () => T, line: number): T {
    try {
      return encode();
    } catch (error) {
      throw error instanceof UserError ? new UserError(`line ${line}: ${error.message}`) : error;
    }
  }

  #trace(k: number, line: number, word: number | undefined, code: number): DotResult['trace'] {
    if (k > LARGEST_TRACE) {
      throw new UserError(
        `line ${line}: ${k} products are too many to trace; trace lines of at most ${LARGEST_TRACE}`,
      );
    }
    const unit = new EmacUnit({
      weights: this.#weights,
      activations: this.#activations,
      output: this.#encoding.format,
      rounding: this.#encoding.rounding,
      maxK: k,
      multiplier: this.#multiplier,
      scaleBits: this.options.scaleBits,
      requantizer: { kind: this.options.requantizer, lanes: 1 },
      ...(this.options.width === undefined ? {} : { accumulatorBits: this.options.width }),
    });
    const w = this.#codes.filter((_, index) => index % 2 === 0);
    const x = this.#codes.filter((_, index) => index % 2 === 1);
    const run = traceDot(unit, w, x, word === undefined ? {} : { randomWord: word });
    if (run.code !== code)
      throw new Error(`line ${line}: the pipeline gives ${run.code}, the exact sum ${code}`);
    return { unit, run };
  }
}

/**
 * The text `cheetah dot` writes for its input. Throws UserError, naming the line, for an odd number of codes,
 * words that are not hex, codes outside the format, lines too long for the stated width, and results that the
 * output format has no code for.
 */
export async function dotLines(input: AsyncIterable<Uint8Array>, options: DotOptions): Promise<string> {
  const sink = new DotSink(options);
  const lines = new HexLines(sink);
  for await (const bytes of plainPieces(input, 'stdin')) lines.push(bytes);
  lines.end();
  return dotText(sink.results, options.print);
}
