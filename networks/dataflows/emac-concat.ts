/** Concatenation on codes: each input's codes rounded once to the output's encoding (docs/numerics.md §4). */
import { randomWord } from '../../arithmetic/philox.js';
import { codeBytes } from '../../emac/codes/width.js';
import type { LayerChoices } from '../../emac/layer/choices.js';
import type { Kernels } from '../../kernels/loader.js';
import type { ConcatStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';
import { sameCodes } from './encoding-of.js';
import { exactText } from './golden.js';
import { Reencoder } from './reencoder.js';

/** How the codes of one input become those of the output. */
type Way =
  /** Both encodings say the same of a code. */
  | { readonly kind: 'untouched' }
  /** u8 [256], and the codes the output has no code for. */
  | {
      readonly kind: 'table';
      readonly table: number;
      readonly refused: readonly number[];
      readonly own: Reencoder;
    }
  | { readonly kind: 'computed'; readonly own: Reencoder };

export class EmacConcat {
  readonly #ways: readonly Way[];
  readonly #total: number;
  readonly #stochastic: boolean;

  constructor(
    private readonly kernels: Kernels,
    readonly step: ConcatStep,
    readonly inputs: readonly CodeTensor[],
    readonly output: CodeTensor,
    private readonly choices: LayerChoices,
  ) {
    this.#total = step.channels.reduce((sum, own) => sum + own, 0);
    this.#stochastic = output.encoding.rounding.mode === 'stochastic';
    this.#ways = inputs.map((input) => this.#wayOf(input));
  }

  run(count: number, firstImage: number): void {
    let first = 0;
    // by index: iterators of code that seldom runs take memory
    for (let index = 0; index < this.#ways.length; index++) {
      this.#place(index, this.#ways[index]!, first, count, firstImage);
      first += this.step.channels[index]!;
    }
  }

  describe(): object {
    const { kind, name, pixels, channels } = this.step;
    return {
      kind,
      name,
      inputs: this.inputs.map(({ edge }) => edge.name),
      output: this.output.edge.name,
      pixels,
      channels,
      multipliers: this.#ways.map((way) =>
        way.kind === 'untouched' ? 'none' : exactText(way.own.multiplier),
      ),
    };
  }

  #wayOf(input: CodeTensor): Way {
    const { kernels, output, step, choices } = this;
    if (sameCodes(input.encoding, output.encoding)) return { kind: 'untouched' };
    const own = new Reencoder(`concat '${step.name}'`, input.encoding, output.encoding, choices.scaleBits);
    const bytes = Math.max(input.encoding.format.bits, output.encoding.format.bits) <= 8;
    // a stochastic code depends on where it stands
    if (!bytes || this.#stochastic) return { kind: 'computed', own };
    const table = kernels.allocate(256);
    const entries = kernels.u8(table, 256);
    const refused: number[] = [];
    for (let code = 0; code < 2 ** input.encoding.format.bits; code++) {
      if (own.takes(code)) entries[code] = own.code(code, undefined);
      else refused.push(code);
    }
    return { kind: 'table', table, refused, own };
  }

  /** The codes of one input to their place behind those of the `first` channels before it. */
  #place(index: number, way: Way, first: number, count: number, firstImage: number): void {
    const { kernels, output, step } = this;
    const input = this.inputs[index]!;
    const own = step.channels[index]!;
    const pixels = count * step.pixels;
    switch (way.kind) {
      case 'untouched': {
        const bytes = codeBytes(output.encoding.format.bits);
        const to = output.pointer + first * bytes;
        kernels.call.copyLines(pixels, own * bytes, input.pointer, own * bytes, to, this.#total * bytes);
        return;
      }
      case 'table':
        for (let i = 0; i < way.refused.length; i++) {
          const code = way.refused[i]!;
          if (input.used[code] !== 0) way.own.code(code, undefined);
        }
        kernels.call.scatterLookUp(pixels, own, input.pointer, way.table, this.#total, first, output.pointer);
        return;
      case 'computed':
        this.#compute(input, way.own, own, first, count, firstImage);
        return;
      default:
        way satisfies never;
    }
  }

  #compute(
    input: CodeTensor,
    way: Reencoder,
    own: number,
    first: number,
    count: number,
    firstImage: number,
  ): void {
    const { output, choices } = this;
    const [from, to] = [input.codes(count), output.codes(count)];
    const { size } = output.edge;
    for (let i = 0; i < from.length; i++) {
      const channel = i % own;
      const at = ((i - channel) / own) * this.#total + first + channel;
      const image = firstImage + Math.floor(at / size);
      const word = this.#stochastic
        ? randomWord(choices.seed, 'rounding', this.step.output, image, at % size)
        : undefined;
      to[at] = way.code(from[i]!, word);
    }
  }
}
