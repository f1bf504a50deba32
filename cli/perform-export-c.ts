/** The work behind `cheetah export-c`. */
import { UserError } from '../errors.js';
import { exportC, type WrittenC } from '../networks/files/export-c.js';
import { isTfliteFile } from '../networks/files/tflite-file.js';
import type { RequantizeMode } from '../networks/integer/requantize.js';
import type { SoftmaxChoice } from '../networks/integer/softmax-left-out.js';
import { exportPoint } from '../sweep/one-point.js';
import { checkSpec } from '../sweep/spec.js';
import { optionName } from '../sweep/spellings.js';
import { tell } from './notes.js';

export type ExportedDataflow = 'integer-tflite' | 'integer-jacob' | 'emac';

export interface ExportCArguments {
  model: string;
  output: string;
  requantize: RequantizeMode;
  softmax: SoftmaxChoice | undefined;
  dataflow: ExportedDataflow;
  dataset: string | undefined;
  data: string | undefined;
  quantizer: string | undefined;
  granularity: string | undefined;
  format: string | undefined;
  mode: string | undefined;
  underflow: string | undefined;
  scaleBits: number | undefined;
  bias: string | undefined;
  logits: string | undefined;
  calibrationImages: number;
  seed: number;
  json: boolean | undefined;
}

export async function performExportC(given: ExportCArguments): Promise<void> {
  const written = isTfliteFile(given.model) ? fromFile(given) : await fromModel(given);
  if (given.json) {
    console.log(JSON.stringify(written, null, 2));
    return;
  }
  const { files, run, constantBytes, arenaBytes } = written;
  console.log(
    `${run} in ${files.join(' and ')}: constants ${constantBytes} bytes, arena ${arenaBytes} bytes`,
  );
}

/** Options that choose codes: not of a file, which has its own. */
function codeOptions(given: ExportCArguments) {
  const { quantizer, granularity, format, mode, underflow, scaleBits, bias, logits } = given;
  return { quantizer, granularity, format, mode, underflow, scaleBits, bias, logits };
}

const stated = (options: Readonly<Record<string, string | number | undefined>>) =>
  Object.entries(options).filter(([, value]) => value !== undefined);

function fromFile(given: ExportCArguments): WrittenC {
  const { model, output, requantize, softmax, dataset } = given;
  const [useless] = stated({ dataset, ...codeOptions(given) });
  if (useless === undefined) return exportC(model, output, requantize, softmax);
  throw new UserError(
    `--${optionName(useless[0])} ${useless[1]}: ${model} has its scales already; leave it out`,
  );
}

/** What is fixed in a dataflow, and what it has where nothing is said. */
function formatsOf(given: ExportCArguments): object {
  const { dataflow, requantize, format } = given;
  const own = stated(codeOptions(given));
  switch (dataflow) {
    case 'integer-tflite':
      requireOnly(own, dataflow);
      return {
        format: [{ weights: 'affine8s', activations: 'affine8' }],
        requantize,
        quantizer: given.quantizer ?? 'linear:max',
        granularity: given.granularity ?? 'channel',
      };
    case 'integer-jacob':
      requireOnly(own, dataflow);
      return {
        format: ['affine8'],
        requantize,
        quantizer: given.quantizer ?? 'linear:max',
        granularity: given.granularity ?? 'tensor',
      };
    case 'emac':
      if (format !== undefined) return { ...Object.fromEntries(own), format: [format] };
      throw new UserError(
        '--dataflow emac needs a format; give one of up to 8 bits, such as --format posit8es1',
      );
    default:
      return dataflow satisfies never;
  }
}

/** Of a scheme with formats and rounding of its own. */
function requireOnly(options: readonly (readonly [string, unknown])[], dataflow: string): void {
  const useless = options.find(([name]) => name !== 'quantizer' && name !== 'granularity');
  if (useless === undefined) return;
  throw new UserError(
    `--${optionName(useless[0])} ${useless[1]}: ${dataflow} has its own; leave it out, or give --dataflow emac`,
  );
}

/** The options as a sweep of one point, so that both have the same rules and messages. */
async function fromModel(given: ExportCArguments): Promise<WrittenC> {
  if (given.softmax !== undefined) {
    throw new UserError(
      `--softmax ${given.softmax}: a model of ours is written up to its logits, without a softmax; leave it out`,
    );
  }
  const { model, output, dataflow, dataset, calibrationImages, seed } = given;
  const spec = checkSpec(
    {
      name: 'export-c',
      ...(dataset === undefined ? {} : { dataset }),
      testImages: 1,
      weights: model,
      dataflow,
      ...formatsOf(given),
      calibrationImages,
      seed,
    },
    'export-c',
    'options',
  );
  return exportPoint(spec, output, { dataDirectory: given.data, tell });
}
