/** A whole C99 file of an emac network. */
import type {
  EmacConcatStep,
  EmacExportedStep,
  ExportedEmac,
  SumType,
  Thresholds,
} from '../emac/integers.js';
import type { Constants } from './arrays.js';
import { concatSnippet } from './concat.js';
import { ADD, emacAverageSnippet, MAX_POOL, ROUND } from './emac-moves.js';
import { emacMacSnippet } from './emac-sums.js';
import { type CProgram, framed } from './frame.js';
import { commentOf, identifierOf } from './identifiers.js';
import { tableSnippet } from './moves.js';
import type { Snippet, StepText } from './snippet.js';

/** `name` begins the names of what the file shows to others: an identifier of C. */
export function emacProgram(network: ExportedEmac, name: string): CProgram {
  const { tensors, source, logits } = network;
  return framed(network, name, {
    title: `${commentOf(source)} in codes with exact sums (emac), logits ${logits}`,
    told(at) {
      const { type, shape, size, format, scale, zeroPoint } = tensors[at]!;
      const told = `[${shape.join(', ')}], real = ${scale} *`;
      return type === 'int64'
        ? `${size} exact sums int64 ${told} sum; the largest is the prediction`
        : `${size} codes ${format} ${told} (value of the code - ${zeroPoint}); none of NaN or infinity`;
    },
    step: (i, constants, layer, pointer) =>
      new Writing(network, constants, layer, pointer).step(network.steps[i]!),
  });
}

class Writing {
  constructor(
    private readonly network: ExportedEmac,
    private readonly constants: Constants,
    private readonly layer: string,
    private readonly pointer: (tensor: number) => string,
  ) {}

  step(step: EmacExportedStep): StepText {
    const { constants, layer, network } = this;
    const { size } = network.tensors[step.output]!;
    switch (step.kind) {
      case 'convolution':
      case 'dense':
      case 'dense-sums':
        return this.#mac(step);
      case 'round':
        return this.#call(step, ROUND, `${size}, ${this.#thresholds(step.thresholds, 'int64')}`);
      case 'max-pool':
        constants.window(`${layer}_window`, step.window);
        constants.array('uint8', `${layer}_ranks`, step.ranks);
        return this.#call(step, MAX_POOL, `&${layer}_window, ${layer}_ranks`);
      case 'average-pool': {
        constants.window(`${layer}_window`, step.window);
        const { type, name } = this.#values(step.inputValues);
        const rest = `&${layer}_window, ${name}, ${this.#thresholds(step.thresholds, step.sums)}`;
        return this.#call(step, emacAverageSnippet(step.sums, type), rest);
      }
      case 'add':
        constants.array('int64', `${layer}_first`, step.terms[0]);
        constants.array('int64', `${layer}_second`, step.terms[1]);
        return this.#call(
          step,
          ADD,
          `${size}, ${layer}_first, ${layer}_second, ${this.#thresholds(step.thresholds, 'int64')}`,
        );
      case 'table':
        constants.array('uint8', `${layer}_table`, step.table);
        return this.#call(step, tableSnippet('uint8', 'uint8'), `${size}, ${layer}_table`);
      case 'concat':
        return this.#concat(step);
      default:
        return step satisfies never;
    }
  }

  #call({ inputs, output }: EmacExportedStep, snippet: Snippet, rest: string): StepText {
    const codes = [...inputs, output].map(this.pointer).join(', ');
    return { snippets: [snippet], calls: [`${snippet.name}(${codes}, ${rest});`] };
  }

  #mac(step: Extract<EmacExportedStep, { kind: 'convolution' | 'dense' | 'dense-sums' }>): StepText {
    const { constants, layer } = this;
    const { kind, window, groups, outChannels } = step;
    const sums = kind === 'dense-sums' ? 'int64' : step.sums;
    const [weights, input] = [this.#values(step.weightValues), this.#values(step.inputValues)];
    constants.array('uint8', `${layer}_weights`, step.weights);
    constants.array(sums, `${layer}_bias`, step.bias);
    const arrays = `${layer}_weights, ${weights.name}, ${input.name}, ${layer}_bias`;
    const sizes =
      kind === 'convolution'
        ? `&${layer}_window, ${groups}, ${outChannels}`
        : `${window.inChannels}, ${outChannels}`;
    if (kind === 'convolution') constants.window(`${layer}_window`, window);
    const snippet = emacMacSnippet(kind, { sums, weights: weights.type, input: input.type });
    if (kind === 'dense-sums') {
      constants.array('int64', `${layer}_factors`, step.factors);
      return this.#call(step, snippet, `${sizes}, ${arrays}, ${layer}_factors`);
    }
    return this.#call(step, snippet, `${sizes}, ${arrays}, ${this.#thresholds(step.thresholds, sums)}`);
  }

  /** The table stands before the first layer that reads it. */
  #values(index: number): { readonly name: string; readonly type: SumType } {
    const { format, zeroPoint, type, values } = this.network.tables[index]!;
    const name = `values_${index}_${identifierOf(format)}`;
    this.constants.once(type, name, values, `value(code) - ${zeroPoint} of ${format}`);
    return { name, type };
  }

  /** The argument that says where codes begin. C has no array of nothing. */
  #thresholds({ rows, codes }: Thresholds, sums: SumType): string {
    const { constants, layer } = this;
    const count = codes.length - 1;
    constants.array(sums, `${layer}_least`, count === 0 ? [0] : rows.flat());
    constants.array('uint8', `${layer}_codes`, codes);
    const each = rows.length === 1 ? 0 : count;
    const name = `${layer}_thresholds`;
    constants.struct(`thresholds_${sums}`, name, `${layer}_least, ${layer}_codes, ${count}, ${each}`);
    return `&${name}`;
  }

  /** A call for each input: its blocks go where they stand in the output. */
  #concat({ inputs, output, outer, inner, tables }: EmacConcatStep): StepText {
    const { constants, layer, pointer } = this;
    const whole = inner.reduce((sum, length) => sum + length, 0);
    const snippets: Snippet[] = [];
    let start = 0;
    const calls = inputs.map((input, i) => {
      const table = tables[i];
      const snippet = concatSnippet('uint8', 'uint8', table === undefined ? 'same' : 'table');
      snippets.push(snippet);
      const blocks = `${pointer(input)}, ${pointer(output)} + ${start}, ${outer}, ${inner[i]!}, ${whole}`;
      start += inner[i]!;
      if (table === undefined) return `${snippet.name}(${blocks});`;
      constants.array('uint8', `${layer}_table_${i}`, table);
      return `${snippet.name}(${blocks}, ${layer}_table_${i});`;
    });
    return { snippets, calls };
  }
}
