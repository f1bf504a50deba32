/** Runs the sections one after the other, prints their tables and writes their files. */
import { join } from 'node:path';
import { writeAtomically } from '../dist/platform/atomic-file.js';
import '../dist/platform/kernel-files.js';
import { packageVersion } from '../dist/platform/version.js';
import { tableOf } from '../dist/report/table.js';
import { textTable } from '../dist/report/table-text.js';
import { terminalStyle } from '../dist/report/terminal.js';
import type { Bench, Section } from './bench.js';
import { compilePrototype } from './contestants/prototype.js';
import { describeMachine } from './machine.js';
import { Models } from './networks/trained.js';
import { readOptions } from './options.js';
import { progressOn } from './progress.js';
import { type BenchRow, csvOf } from './rows.js';
import { accumulatorsSection } from './sections/accumulators.js';
import { codecSection } from './sections/codec.js';
import { gemmSection } from './sections/gemm.js';
import { gridSection } from './sections/grid.js';
import { growthSection } from './sections/growth.js';
import { latencySection } from './sections/latency.js';
import { limitsSection } from './sections/limits.js';
import { memorySection } from './sections/memory.js';
import { networksSection } from './sections/networks.js';
import { startSection } from './sections/start.js';
import { tiesSection } from './sections/ties.js';
import { trainingSection } from './sections/training.js';
import { zooSection } from './sections/zoo.js';
import { summaryRows } from './summary.js';
import { summaryMarkdown, summaryTable } from './summary-text.js';

const SECTIONS: readonly Section[] = [
  gemmSection,
  codecSection,
  accumulatorsSection,
  networksSection,
  zooSection,
  latencySection,
  trainingSection,
  growthSection,
  tiesSection,
  memorySection,
  gridSection,
  startSection,
  limitsSection,
];

export async function runBenches(argv: readonly string[]): Promise<void> {
  const names = SECTIONS.map(({ name }) => name);
  const options = await readOptions(argv, names);
  const machine = describeMachine(packageVersion());
  const progress = progressOn(process.stderr);
  const effort = options.quick ? 'quick' : 'full';
  const bench: Bench = {
    effort,
    epochs: options.wholeEpochs ? 'whole' : 'scaled',
    progress,
    models: new Models(effort, options.data, progress),
    prototype: options.prototype === undefined ? undefined : await compilePrototype(options.prototype),
  };
  const style = terminalStyle(process.stdout);
  const wanted = SECTIONS.filter(({ name }) => options.only.length === 0 || options.only.includes(name));
  const results = new Map<string, readonly BenchRow[]>();
  for (const section of wanted) {
    const rows = await section.run(bench);
    if (rows.length === 0) continue;
    results.set(section.name, rows);
    progress.end();
    if (options.out !== undefined) writeAtomically(join(options.out, `${section.name}.csv`), csvOf(rows));
    if (options.json) continue;
    const table = { ...tableOf(rows, section.shown), caption: section.title };
    process.stdout.write(`${textTable(table, style)}\n`);
  }
  const summary = summaryRows(results);
  const networks = await bench.models.origins();
  if (options.json) {
    const sections = Object.fromEntries(results);
    process.stdout.write(`${JSON.stringify({ machine, networks, summary, ...sections }, null, 2)}\n`);
  } else process.stdout.write(textTable(summaryTable(summary, networks), style));
  if (options.out === undefined) return;
  writeAtomically(
    join(options.out, 'machine.json'),
    `${JSON.stringify({ ...machine, networks }, null, 2)}\n`,
  );
  writeAtomically(join(options.out, 'summary.md'), summaryMarkdown(summary, machine, networks));
}
