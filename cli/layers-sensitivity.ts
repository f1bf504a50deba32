/** `cheetah layers --sensitivity`: from the request to tables, files of assignments and a picture. */
import Papa from 'papaparse';
import { UserError } from '../errors.js';
import { NEAREST_EVEN } from '../formats/format.js';
import { getFormat } from '../formats/registry.js';
import { writeAtomically } from '../platform/atomic-file.js';
import { packageVersion } from '../platform/version.js';
import { checkChoice } from '../quantizers/calibrate.js';
import { parseQuantizer } from '../quantizers/quantizer.js';
import { figureIn, formOf } from '../report/figure-file.js';
import { sensitivityPlot } from '../report/sensitivity-plot.js';
import { assignmentTable, sensitivityRecords, sensitivityTable } from '../report/sensitivity-table.js';
import { textTable } from '../report/table-text.js';
import { terminalStyle } from '../report/terminal.js';
import { isAssignmentFile, writeAssignmentFile } from '../sweep/assignment-file.js';
import { seedContext } from '../sweep/prepare.js';
import { layerSensitivity } from '../sweep/sensitivity/measure.js';
import { checkRequest, formatPair, WIDE } from '../sweep/sensitivity/request.js';
import type { Sensitivity } from '../sweep/sensitivity/result.js';
import { Threads } from '../sweep/threads.js';
import { openLayers } from './layers-source.js';
import type { LayersRequest } from './layers-text.js';
import { tell } from './notes.js';
import { terminalProgress } from './progress.js';

export interface SensitivityOptions {
  readonly wide: string | undefined;
  readonly margin: number | undefined;
  /** File of the assignment; of several formats, each has a file with the format before the ending. */
  readonly assignment: string | undefined;
  /** File of the picture: .svg, .png, .pdf or .vl.json. */
  readonly plot: string | undefined;
  readonly threads: number;
  readonly plugins: readonly string[];
}

/** Writes the files asked for and gives what is printed. Throws UserError, one line, before any training where it can. */
export async function describeSensitivity(
  request: LayersRequest,
  options: SensitivityOptions,
): Promise<string> {
  const { formats, quantizer, granularity, calibrationImages, seed } = request;
  const asked = { formats, quantizer, granularity, wide: options.wide, margin: options.margin };
  checkRequest(asked);
  for (const text of [...formats, options.wide ?? WIDE]) {
    for (const name of Object.values(formatPair(text)) as string[]) {
      checkChoice(getFormat(name), parseQuantizer(quantizer), NEAREST_EVEN);
    }
  }
  checkNames(options);
  const { dataset, network, ...weighted } = await openLayers(request);
  if (weighted.validation === undefined) {
    tell(
      'nobody says which images these weights were not trained on: layers are ranked on the calibration images, which the training may have seen',
    );
  }
  const context = {
    dataset,
    seeds: [
      seedContext(network, weighted.parameters, dataset, {
        seed,
        calibrationImages: [calibrationImages],
        testImages: dataset.test.count,
        trainedOn: weighted.trainedOn,
        validation: weighted.validation,
      }),
    ],
    plugins: options.plugins,
    version: packageVersion(),
  };
  const threads = new Threads(context, options.threads);
  try {
    const progress = terminalProgress();
    const measured = await layerSensitivity({ context, threads, calibrationImages, progress }, asked);
    await writeFiles(measured, options);
    return printed(measured, request.print);
  } finally {
    await threads.close();
  }
}

function checkNames({ assignment, plot }: SensitivityOptions): void {
  if (assignment !== undefined && !isAssignmentFile(assignment)) {
    throw new UserError(`--assignment ${assignment}: give a name that ends in .yaml, .yml or .json`);
  }
  if (plot !== undefined) formOf(plot);
}

async function writeFiles(measured: Sensitivity, { assignment, plot }: SensitivityOptions): Promise<void> {
  if (assignment !== undefined) {
    for (const { format, assignment: found } of measured.formats) {
      const file = assignmentFileOf(assignment, format, measured.formats.length);
      writeAssignmentFile(file, found.entry);
      tell(`wrote ${file}, for \`cheetah evaluate ${file}\` and the format list of a sweep`);
    }
  }
  if (plot !== undefined) {
    writeAtomically(plot, await figureIn(formOf(plot), sensitivityPlot(measured)));
    tell(`wrote ${plot}`);
  }
}

/** The name given; where there are several formats, with each format's name before the ending. */
function assignmentFileOf(file: string, format: string, formats: number): string {
  if (formats === 1) return file;
  return file.replace(/\.(?=\w+$)/, `-${format.replace('/', '-')}.`);
}

function printed(measured: Sensitivity, print: LayersRequest['print']): string {
  switch (print) {
    case 'json':
      return `${JSON.stringify(sensitivityRecords(measured), null, 2)}\n`;
    case 'csv':
      return `${Papa.unparse(sensitivityRecords(measured), { newline: '\n' })}\n`;
    case 'text': {
      const style = terminalStyle(process.stdout);
      const tables = [sensitivityTable(measured), assignmentTable(measured)];
      return tables.map((table) => textTable(table, style)).join('\n');
    }
    default:
      return print satisfies never;
  }
}
