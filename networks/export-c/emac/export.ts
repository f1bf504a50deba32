/** From a compiled emac network to the integers of a C program. */
import { UserError } from '../../../errors.js';
import type { CodeNetwork, Plan } from '../../plan.js';
import type { Step } from '../../program.js';
import { finiteCodes, requireBytes, valueTable } from './edges.js';
import type { EmacExportedStep, EmacTensor, ExportedEmac, ValueTable } from './integers.js';
import { exportedLogits, exportedMac } from './mac.js';
import type { Making } from './making.js';
import { exportedAdd, exportedAverage, exportedConcat, exportedMaxPool, exportedTable } from './moves.js';

/**
 * Throws UserError, naming edge or layer, for formats of more than 8 bits, stochastic rounding, policies other than saturate,
 * accumulators that are not exact, and sums that do not fit 63 bits.
 */
export function exportedEmac(
  { program, logits }: Pick<Plan, 'program' | 'logits'>,
  network: CodeNetwork,
): ExportedEmac {
  const { encodings, choices } = network;
  if (choices.accumulator.kind !== 'exact') {
    throw new UserError(
      `accumulator ${choices.accumulator.kind} is not exact; export-c writes exact sums: take accumulator exact`,
    );
  }
  program.edges.forEach(({ name }, i) => {
    requireBytes(`edge '${name}'`, encodings[i]!);
  });
  const tables: ValueTable[] = [];
  const making: Making = {
    network,
    program,
    tables: {
      indexOf(encoding) {
        const table = valueTable(encoding);
        const known = tables.findIndex(
          ({ format, zeroPoint }) => format === table.format && zeroPoint === table.zeroPoint,
        );
        return { index: known < 0 ? tables.push(table) - 1 : known, type: table.type };
      },
    },
    codes: [finiteCodes(encodings[program.input]!)],
  };
  const tensors: EmacTensor[] = program.edges.map(({ name, shape, size }, i) => {
    const { format, scales, zeroPoint } = encodings[i]!;
    return { name, shape, size, type: 'uint8', format: format.name, scale: scales[0]!, zeroPoint };
  });
  const last = program.steps.at(-1)!;
  const isSummed = logits === 'accumulator' && last.kind === 'mac';
  const steps = program.steps.slice(0, isSummed ? -1 : undefined).map((step) => exportedStep(step, making));
  const outputs = [program.output];
  if (isSummed) {
    const { sums, made } = exportedLogits(last, making, tensors.length);
    outputs.push(tensors.push(sums) - 1);
    steps.push(...made);
  }
  return {
    source: program.network,
    dataflow: 'emac',
    logits: isSummed ? 'accumulator' : 'rounded',
    tensors,
    tables,
    inputs: [program.input],
    outputs,
    steps,
  };
}

function exportedStep(step: Step, making: Making): EmacExportedStep {
  switch (step.kind) {
    case 'mac':
      return exportedMac(step, making);
    case 'pool':
      return step.pooling === 'max' ? exportedMaxPool(step, making) : exportedAverage(step, making);
    case 'add':
      return exportedAdd(step, making);
    case 'activation':
      return exportedTable(step, making);
    case 'concat':
      return exportedConcat(step, making);
    case 'pad':
      throw new UserError(
        `pad '${step.name}' stands alone; export-c writes emac networks whose pads are part of a convolution`,
      );
    default:
      return step satisfies never;
  }
}
