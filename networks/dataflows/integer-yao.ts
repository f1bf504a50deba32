/** The integer-only dataflow of Yao et al. (networks/yao): shifts and adds alone between layers. */
import { exponentOf, powerOfTwo } from '../../arithmetic/float64.js';
import { UserError } from '../../errors.js';
import { createKernels } from '../../kernels/loader.js';
import type { Encoding } from '../../quantizers/encoding.js';
import { isPowerOfTwo } from '../../quantizers/scale-grid.js';
import { classify } from '../argmax.js';
import { checkRun, type Outcome, type Plan } from '../plan.js';
import type { EncodingTable, Program } from '../program.js';
import { yaoFacts } from '../yao/facts.js';
import { yaoGolden } from '../yao/golden.js';
import { yaoKernelRunner } from '../yao/kernel-run.js';
import type { YaoLayer } from '../yao/layer.js';
import type { Combination, Dataflow, Room } from './dataflow.js';
import { encodingOf } from './encoding-of.js';

const NAME = 'integer-yao';

/** R of the scheme. */
const LEAST_BITS = 4;
const MOST_BITS = 16;

export interface YaoPlan extends Plan {
  /** The layers with their codes, exponents and widths of sums. */
  readonly layers: readonly YaoLayer[];
}

/**
 * Throws UserError, naming edge or layer, unless every edge and weight is in pow2int<R> of one R from 4 to 16. The exponents of
 * activations are those of the table; W, A and B have theirs by equation (6) from their own values.
 */
export function compileYao(
  program: Program,
  table: EncodingTable,
  { batch, kernels = createKernels() }: Pick<Room, 'batch'> & Partial<Room>,
): YaoPlan {
  const edges = program.edges.map(({ name }) => encodingOf(table.edges, name, 'edge'));
  const bits = edges[program.input]!.format.bits;
  program.edges.forEach(({ name }, i) => {
    requirePow2int(edges[i]!, `edge '${name}'`, bits);
  });
  for (const [name, encoding] of table.weights) requirePow2int(encoding, `weights of layer '${name}'`, bits);
  const given = edges.map(({ scales }) => -exponentOf(scales[0]!));
  const runner = yaoKernelRunner(program, bits, given, { kernels, batch });
  const logits = new Float32Array(batch * program.classes);
  const outcome: Outcome = { predictions: new Int32Array(batch), ties: 0, nanLogits: 0 };
  const decode = (edge: number, count: number, to: Float32Array): Float32Array => {
    const scale = powerOfTwo(-runner.exponents[edge]!);
    const codes = runner.codes[edge]!;
    for (let i = 0; i < count * program.edges[edge]!.size; i++) to[i] = codes[i]! * scale;
    return to;
  };
  const plan: YaoPlan = {
    dataflow: NAME,
    logits: 'rounded',
    program,
    batch,
    layers: runner.layers,
    weightCodes: new Map(runner.layers.map(({ step, weights }) => [step.name, weights])),
    macFacts: () => yaoFacts(runner.layers),
    golden: (count) => yaoGolden({ program, bits, ...runner }, count),
    run(images, count) {
      checkRun(plan, images, count);
      runner.run(images, count);
      decode(program.output, count, logits);
      return classify(logits, count, program.classes, outcome);
    },
    edgeValues: (edge, count) => decode(edge, count, new Float32Array(count * program.edges[edge]!.size)),
  };
  return plan;
}

function requirePow2int({ format, scales, zeroPoint }: Encoding, what: string, bits: number): void {
  const fits = format.family === 'pow2int' && format.bits === bits && bits >= LEAST_BITS && bits <= MOST_BITS;
  if (fits && scales.length === 1 && isPowerOfTwo(scales[0]!) && zeroPoint === 0) return;
  throw new UserError(
    `${what} is in ${format.name}; ${NAME} has pow2int<R> of one R from ${LEAST_BITS} to ${MOST_BITS} everywhere, one scale a tensor: give pow2int8 and quantizer linear:yao`,
  );
}

function refuses({ weights, activations, granularity }: Combination): string | undefined {
  const formats = [...weights, ...activations];
  const { bits } = formats[0]!;
  const other = formats.find((format) => format.family !== 'pow2int' || format.bits !== bits);
  if (other) return `${other.name} in ${NAME}, which has pow2int<R> of one R everywhere`;
  if (bits < LEAST_BITS || bits > MOST_BITS)
    return `pow2int${bits} in ${NAME}, which has R from ${LEAST_BITS} to ${MOST_BITS}`;
  return granularity === 'channel'
    ? `granularity channel in ${NAME}, which has one scale a tensor`
    : undefined;
}

export const integerYaoDataflow: Dataflow = {
  name: NAME,
  meaning: 'integers with power-of-two scales and shifts between, as Yao et al. 2019: pow2int<R>',
  encodings: 'every edge and layer',
  fixed: {
    accumulator: { kind: 'exact' },
    bias: 'accumulator',
    logits: 'rounded',
    scaleBits: 1,
    requantize: 'gemmlowp',
  },
  refuses,
  compile: (program, table, _choices, room) => compileYao(program, table, room),
};
