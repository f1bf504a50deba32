/** Pools, adds, activations and concats of codes. */
import { toRational } from '../../../arithmetic/float64.js';
import { divide, dyadic, multiply, type Rational } from '../../../arithmetic/rational.js';
import { multiplierOf } from '../../../emac/layer/layer.js';
import { UserError } from '../../../errors.js';
import type { Encoding } from '../../../quantizers/encoding.js';
import { sameCodes } from '../../dataflows/encoding-of.js';
import { WindowTaps } from '../../dataflows/window-taps.js';
import type { ActivationStep, AddStep, ConcatStep, PoolStep } from '../../program.js';
import { commonUnit, reencoded, valuesOf } from './edges.js';
import type {
  EmacAddStep,
  EmacAveragePoolStep,
  EmacConcatStep,
  EmacMaxPoolStep,
  EmacTableStep,
} from './integers.js';
import { largestOn, type Making, requireSum, sumType } from './making.js';
import { integerThresholds } from './thresholds.js';

export function exportedMaxPool({ name, inputs, output, window }: PoolStep, making: Making): EmacMaxPoolStep {
  const { format } = making.network.encodings[inputs[0]]!;
  const ranks = Array.from({ length: 2 ** format.bits }, (_, code) =>
    format.decode(code).kind === 'finite' ? format.levels.index(code) : 0,
  );
  making.codes[output] = making.codes[inputs[0]]!;
  return { kind: 'max-pool', name, inputs, output, window, ranks };
}

/** Throws UserError where windows at the border have fewer values than others. */
export function exportedAverage(step: PoolStep, making: Making): EmacAveragePoolStep {
  const { name, inputs, output, window } = step;
  const { encodings, choices } = making.network;
  const [from, to] = [encodings[inputs[0]]!, encodings[output]!];
  const taps = new WindowTaps(window);
  const counts = new Set(
    Array.from({ length: window.outHeight * window.outWidth }, (_, i) => taps.of(i * window.inChannels)),
  );
  const [count, other] = [...counts];
  if (count === undefined || other !== undefined) {
    throw new UserError(
      `pool '${name}' averages ${[...counts].join(' or ')} values; export-c writes emac networks whose windows have as many each`,
    );
  }
  const s = scaleTo(`pool '${name}'`, from, to, choices.scaleBits);
  const unit = divide(multiply(s, dyadic(1n, from.format.facts.lsbExponent)), dyadic(BigInt(count), 0));
  const largest = largestOn(making, inputs[0]) * BigInt(count);
  requireSum(`pool '${name}'`, largest, 'take a format of fewer bits');
  const thresholds = integerThresholds(to, 'identity', [unit], largest);
  making.codes[output] = thresholds.codes;
  const { index, type } = making.tables.indexOf(from);
  const sums = sumType(largest, [type]);
  return { kind: 'average-pool', name, inputs, output, window, inputValues: index, sums, thresholds };
}

export function exportedAdd({ name, inputs, output, activation }: AddStep, making: Making): EmacAddStep {
  const { encodings, choices } = making.network;
  if (inputs.length !== 2) {
    throw new UserError(
      `add '${name}' has ${inputs.length} inputs; export-c writes emac networks with adds of 2`,
    );
  }
  const to = encodings[output]!;
  const { unit, factors } = commonUnit(
    inputs.map((edge) => {
      const from = encodings[edge]!;
      const s = scaleTo(`step '${name}'`, from, to, choices.scaleBits);
      return multiply(s, dyadic(1n, from.format.facts.lsbExponent));
    }),
  );
  const largest = inputs.reduce((sum, edge, i) => sum + largestOn(making, edge) * factors[i]!, 0n);
  requireSum(`add '${name}'`, largest, 'give its inputs scales that lie nearer');
  const thresholds = integerThresholds(to, activation, [unit], largest);
  const [first, second] = inputs.map((edge, i) => {
    const known = new Set(making.codes[edge]);
    return valuesOf(encodings[edge]!).map((value, code) =>
      String(known.has(code) ? value * factors[i]! : 0n),
    );
  });
  making.codes[output] = thresholds.codes;
  return { kind: 'add', name, inputs, output, terms: [first!, second!], thresholds };
}

export function exportedTable(
  { name, inputs, output, activation }: ActivationStep,
  making: Making,
): EmacTableStep {
  const { encodings, choices } = making.network;
  const [from, to] = [encodings[inputs[0]]!, encodings[output]!];
  const s = scaleTo(`step '${name}'`, from, to, choices.scaleBits);
  const cap = activation === 'relu6' ? divide(dyadic(6n, 0), toRational(to.scales[0]!)) : undefined;
  const table = reencoded(from, to, s, activation, cap);
  making.codes[output] = [...new Set(making.codes[inputs[0]]!.map((code) => table[code]!))];
  return { kind: 'table', name, inputs, output, table };
}

export function exportedConcat(
  { name, inputs, output, pixels, channels }: ConcatStep,
  making: Making,
): EmacConcatStep {
  const { encodings, choices } = making.network;
  const to = encodings[output]!;
  const tables = inputs.map((edge) => {
    const from = encodings[edge]!;
    if (sameCodes(from, to)) return undefined;
    const s = scaleTo(`concat '${name}'`, from, to, choices.scaleBits);
    return reencoded(from, to, s, 'identity');
  });
  making.codes[output] = [
    ...new Set(inputs.flatMap((edge, i) => making.codes[edge]!.map((code) => tables[i]?.[code] ?? code))),
  ];
  return { kind: 'concat', name, inputs, output, outer: pixels, inner: channels, tables };
}

function scaleTo(what: string, from: Encoding, to: Encoding, scaleBits: number): Rational {
  return multiplierOf(what, toRational(from.scales[0]!), to.scales[0]!, scaleBits);
}
