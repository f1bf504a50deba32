/** The work behind `cheetah export-c`. */
import { UserError } from '../errors.js';
import { exportC, type WrittenC } from '../networks/files/export-c.js';
import { isTfliteFile } from '../networks/files/tflite-file.js';
import type { RequantizeMode } from '../networks/integer/requantize.js';
import { exportPoint } from '../sweep/one-point.js';
import { checkSpec } from '../sweep/spec.js';
import { tell } from './notes.js';

export interface ExportCArguments {
  model: string;
  output: string;
  requantize: RequantizeMode;
  dataflow: 'integer-tflite' | 'integer-jacob';
  dataset: string | undefined;
  data: string | undefined;
  quantizer: string | undefined;
  granularity: string | undefined;
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

function fromFile({
  model,
  output,
  requantize,
  dataset,
  quantizer,
  granularity,
}: ExportCArguments): WrittenC {
  const useless = Object.entries({ dataset, quantizer, granularity }).find(
    ([, value]) => value !== undefined,
  );
  if (useless === undefined) return exportC(model, output, requantize);
  throw new UserError(`--${useless[0]} ${useless[1]}: ${model} has its scales already; leave it out`);
}

/** The options as a sweep of one point, so that both have the same rules and messages. */
async function fromModel(given: ExportCArguments): Promise<WrittenC> {
  const { model, output, requantize, dataflow, dataset, calibrationImages, seed } = given;
  const isTflite = dataflow === 'integer-tflite';
  const spec = checkSpec(
    {
      name: 'export-c',
      ...(dataset === undefined ? {} : { dataset }),
      testImages: 1,
      weights: model,
      format: [isTflite ? { weights: 'affine8s', activations: 'affine8' } : 'affine8'],
      dataflow,
      requantize,
      quantizer: given.quantizer ?? 'linear:max',
      granularity: given.granularity ?? (isTflite ? 'channel' : 'tensor'),
      calibrationImages,
      seed,
    },
    'export-c',
    'options',
  );
  return exportPoint(spec, output, { dataDirectory: given.data, tell });
}
