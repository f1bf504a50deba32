/** What `sweep` and `start` share: run with progress, stop cleanly on a signal, show the table. */
import { relative } from 'node:path';
import { oneLine } from '../one-line.js';
import { destinationOf } from '../platform/destination.js';
import type { JournalMode } from '../sweep/journal.js';
import { defaultFolder, defaultOutput, outputsIn } from '../sweep/output.js';
import { runSweep, type SweepResult } from '../sweep/run.js';
import type { SweepSpec } from '../sweep/spec.js';
import type { SummaryRow } from '../sweep/summary/columns.js';
import { handleSignals, leave } from './ending.js';
import { isQuiet } from './notes.js';
import { duration, terminalProgress } from './progress.js';
import { rowRecord } from './row-record.js';

export interface Performance {
  readonly out: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly threads: number;
  readonly mode: JournalMode;
  readonly plugins: readonly string[];
  /** `line`: only what was written. */
  readonly print: 'table' | 'json' | 'line';
  /** What continues this run, for the line after a Ctrl-C. */
  readonly resumeCommand: string;
}

/** Prints the table of each cost source to stdout; two sources never share one. */
export async function printRows(rows: readonly SummaryRow[]): Promise<void> {
  const { sweepTable } = await import('../report/sweep-table.js');
  const { textTable } = await import('../report/table-text.js');
  const { terminalStyle } = await import('../report/terminal.js');
  const sources = [...new Set(rows.map((row) => `${row.cost} ${row.units}`))];
  for (const source of sources) {
    const some = rows.filter((row) => `${row.cost} ${row.units}` === source);
    console.log(textTable(sweepTable(some), terminalStyle(process.stdout)));
  }
}

/**
 * The same sweep over several trained networks, one after another, each with a CSV in the folder `out`; ends with the first that is
 * stopped. Prints a line for each, or each result as JSON.
 */
export async function performSweeps(specs: readonly SweepSpec[], given: Performance): Promise<void> {
  const files = outputsIn(given.out ?? defaultFolder(specs[0]!), specs);
  const print = given.print === 'json' ? 'json' : 'line';
  for (const [i, spec] of specs.entries()) {
    if (!isQuiet()) process.stderr.write(`${i + 1} of ${specs.length}: ${spec.weights}\n`);
    const { ended } = await performSweep(spec, { ...given, out: files[i]!, print });
    if (ended === 'stopped') return;
  }
}

/** Rows and what was written, as JSON. */
function resultJson({ rows, failures, ended, finished, total, csv, manifest, written }: SweepResult): string {
  const record = { csv, manifest, written, ended, finished, total, failures, rows: rows.map(rowRecord) };
  return JSON.stringify(record, null, 2);
}

/**
 * Runs the sweep with progress on stderr and prints its table, or its result as JSON. Sets the exit code: 1 where
 * points failed; where a signal stopped it, that signal's, and one line says what was kept.
 */
export async function performSweep(spec: SweepSpec, given: Performance): Promise<SweepResult> {
  const controller = new AbortController();
  let stoppedBy: number | undefined;
  const release = handleSignals((exitCode) => {
    // a second Ctrl-C does not wait
    if (stoppedBy !== undefined) leave(exitCode, 'stopped at once; finished points are kept');
    stoppedBy = exitCode;
    controller.abort();
  });
  const started = performance.now();
  try {
    const result = await runSweep(spec, {
      out: given.out ?? defaultOutput(spec),
      dataDirectory: given.dataDirectory,
      threads: given.threads,
      mode: given.mode,
      plugins: given.plugins,
      progress: terminalProgress(),
      signal: controller.signal,
    });
    // where the CSV itself goes to standard output, nothing else may
    const isFlowing = destinationOf(result.csv).kind === 'stream';
    if (given.print === 'json') console.log(resultJson(result));
    else if (given.print === 'table' && !isFlowing && result.rows.length > 0 && result.ended === 'complete')
      await printRows(result.summary);
    for (const { point, message } of result.failures)
      process.stderr.write(`cheetah: ${oneLine(`${point}: ${message}`)}\n`);
    if (result.ended === 'stopped') {
      process.stderr.write(`${stoppedLine(result, given.resumeCommand)}\n`);
      process.exitCode = stoppedBy ?? 1;
    } else {
      const line = endedLine(result, duration(performance.now() - started));
      if (given.print !== 'json' && isFlowing) process.stderr.write(`${line}\n`);
      else if (given.print === 'table') console.log(`\n${line}`);
      else if (given.print === 'line') console.log(line);
      if (result.failures.length > 0) process.exitCode = 1;
    }
    return result;
  } finally {
    release();
  }
}

function nameOf(csv: string): string {
  return relative(process.cwd(), csv) || csv;
}

function stoppedLine({ finished, total, written, csv }: SweepResult, resumeCommand: string): string {
  const where = {
    written: ` and in ${nameOf(csv)}`,
    same: ` and in ${nameOf(csv)}`,
    kept: `; ${nameOf(csv)} stays as it was`,
    none: '',
  }[written];
  return `stopped: ${finished} of ${total} rows are kept${where}; go on with \`${resumeCommand}\``;
}

function endedLine({ rows, failures, written, computed, csv }: SweepResult, taken: string): string {
  if (written === 'kept' && failures.length > 0) {
    return `${failures.length} points failed: ${nameOf(csv)} stays as it was; the others are kept, --resume tries again`;
  }
  if (computed === 0 && failures.length === 0) {
    return `${rows.length} rows are there, in ${nameOf(csv)}; --fresh to do them again`;
  }
  return `${rows.length} rows in ${nameOf(csv)}, made in ${taken} (host timings in the manifest beside it)`;
}
