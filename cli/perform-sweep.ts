/** What `sweep` and `start` share: run with progress, stop cleanly on Ctrl-C, show the table. */
import { relative } from 'node:path';
import type { JournalMode } from '../sweep/journal.js';
import type { Row } from '../sweep/rows.js';
import { defaultOutput, runSweep, type SweepResult } from '../sweep/run.js';
import type { SweepSpec } from '../sweep/spec.js';
import { duration, terminalProgress } from './progress.js';

export interface Performance {
  readonly out: string | undefined;
  readonly dataDirectory: string | undefined;
  readonly workers: number;
  readonly mode: JournalMode;
  readonly plugins: readonly string[];
  /** What continues this run, for the line after a Ctrl-C. */
  readonly resumeCommand: string;
}

/** Prints the table of each cost source to stdout; two sources never share one. */
export async function printRows(rows: readonly Row[]): Promise<void> {
  const { sweepTable } = await import('../report/sweep-table.js');
  const { textTable } = await import('../report/table-text.js');
  const { terminalStyle } = await import('../report/terminal.js');
  const sources = [...new Set(rows.map((row) => `${row.cost_source} ${row.units}`))];
  for (const source of sources) {
    const some = rows.filter((row) => `${row.cost_source} ${row.units}` === source);
    console.log(textTable(sweepTable(some), terminalStyle(process.stdout)));
  }
}

/**
 * Runs the sweep with progress on stderr and prints its table. Sets the exit code: 1 where points failed, 130
 * after Ctrl-C, with one line on what was kept.
 */
export async function performSweep(spec: SweepSpec, given: Performance): Promise<SweepResult> {
  const controller = new AbortController();
  const interrupt = (): void => {
    // a second Ctrl-C does not wait
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  const started = performance.now();
  try {
    const result = await runSweep(spec, {
      out: given.out ?? defaultOutput(spec),
      dataDirectory: given.dataDirectory,
      workers: given.workers,
      mode: given.mode,
      plugins: given.plugins,
      progress: terminalProgress(),
      signal: controller.signal,
    });
    const { rows, failures, finished, total, ended } = result;
    if (rows.length > 0 && ended === 'complete') await printRows(rows);
    for (const { point, message } of failures) process.stderr.write(`cheetah: ${point}: ${message}\n`);
    const csv = relative(process.cwd(), result.csv) || result.csv;
    if (ended === 'stopped') {
      process.stderr.write(
        `stopped: ${finished} of ${total} rows are kept${rows.length > 0 ? ` and in ${csv}` : ''}; go on with \`${given.resumeCommand}\`\n`,
      );
      process.exitCode = 130;
    } else {
      const taken = duration(performance.now() - started);
      console.log(
        `\n${rows.length} rows in ${csv}, made in ${taken} (host timings in the manifest beside it)`,
      );
      if (failures.length > 0) process.exitCode = 1;
    }
    return result;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}
