/** Specs, journals and the rows that sweeps wrote. */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { getNetwork } from '../../networks/zoo/registry.js';
import { figureSvg } from '../../report/figure.js';
import { paretoPlot } from '../../report/plot.js';
import { sweepTable } from '../../report/sweep-table.js';
import { textTable } from '../../report/table-text.js';
import { checkPlan } from '../../sweep/check.js';
import { type Entry, Journal } from '../../sweep/journal.js';
import { outputOf } from '../../sweep/output.js';
import { planSweep } from '../../sweep/plan.js';
import { readRows } from '../../sweep/rows.js';
import { runSweep, type SweepOptions } from '../../sweep/run.js';
import { checkSpec, readSpec } from '../../sweep/spec.js';
import { summarize } from '../../sweep/summary/summarize.js';
import type { Draws } from './draws.js';
import { encodedText, mutatedBytes, mutatedText } from './mutate-bytes.js';
import { mutatedValue } from './mutate-value.js';
import { oddText } from './oddities.js';
import { type Kind, type Subject, writeJson, yamlOrJson } from './subject.js';
import { TABLE } from './texts.js';

const SPEC = `name: everything
dataset: strokes
testImages: 20
network: mlp4
training: { epochs: 1, trainImages: 50, optimizer: adam, rate: 0.001, schedule: cosine }
format:
  - posit8es1
  - posit: { bits: 5..8, es: [0, 1] }
  - float: { bits: 6, exponents: 2..4 }
  - fixed: { bits: 5..8, fraction: best }
  - affine: { bits: 8 }
  - { name: mixed, weights: pow2val4, activations: posit8es1, layers: { dense1: { weights: float8e4m3 } } }
quantizer: [rounding, linear, 'linear:percentile99.9:pow2']
mode: [nearest-even, stochastic]
accumulator: [exact, saturate24, per-op]
granularity: [tensor, channel]
scaleBits: [8, 16]
calibrationImages: 10
seed: [0, 1]
cost: [library45, ice40]
units: [1, 16]
`;

export const SPECS: Kind = {
  name: 'spec',
  share: 14,
  prepare: () => {
    const whole: unknown = parse(SPEC);
    const network = getNetwork('mlp4', [28, 28, 1], 10);
    return {
      write(draws, folder) {
        const path = join(folder, 'spec.yaml');
        if (draws.oncePer(3)) {
          writeFileSync(path, encodedText(draws, mutatedText(draws, SPEC, 'a: &a [1, *a]\n<<: *a\n')));
          return;
        }
        writeFileSync(path, yamlOrJson(draws, mutatedValue(draws, whole)));
      },
      read(folder) {
        const spec = readSpec(join(folder, 'spec.yaml'));
        checkPlan(planSweep(spec), spec, network);
      },
      args: (folder) => ['sweep', join(folder, 'spec.yaml'), '--plan'],
    };
  },
};

const SILENT = { note() {}, begin() {}, reach() {}, end() {} };

export const JOURNALS: Kind = {
  name: 'journal',
  share: 3,
  async prepare(own): Promise<Subject> {
    writeFileSync(join(own, 'table.csv'), TABLE);
    const spec = checkSpec(
      {
        name: 'kept',
        dataset: join(own, 'table.csv'),
        network: 'mlp4',
        training: { epochs: 1 },
        format: ['posit5es1', 'affine6'],
        quantizer: ['linear'],
        calibrationImages: 10,
      },
      'spec',
    );
    writeJson(join(own, 'spec.json'), spec);
    const optionsOf = (folder: string): SweepOptions => ({
      out: join(folder, 'rows.csv'),
      threads: 1,
      mode: 'resume',
      plugins: [],
      progress: SILENT,
    });
    await runSweep(spec, optionsOf(join(own, 'done')));
    const journalOf = (folder: string): string => outputOf(join(folder, 'rows.csv'), spec).journal;
    const points = readdirSync(join(journalOf(join(own, 'done')), 'points'));
    return {
      write(draws, folder) {
        cpSync(join(own, 'done'), folder, { recursive: true });
        const journal = journalOf(folder);
        const files = ['sweep.json', '.lock', ...points.map((name) => join('points', name))];
        const path = join(journal, draws.oncePer(3) ? draws.of(files) : join('points', draws.of(points)));
        const text = path.endsWith('.lock') ? '{"host":"a","pid":1,"start":"1"}' : readFileSync(path, 'utf8');
        if (path.includes('points') && draws.oncePer(2)) {
          rewrite(journal, mutatedValue(draws, JSON.parse(text)));
        } else if (draws.oncePer(2)) writeFileSync(path, mutatedBytes(draws, Buffer.from(text)));
        else writeJson(path, mutatedValue(draws, JSON.parse(text)));
      },
      async read(folder) {
        const { summary } = await runSweep(spec, optionsOf(folder));
        textTable(sweepTable(summary));
      },
      args: (folder) => [
        'sweep',
        join(own, 'spec.json'),
        '--threads',
        '1',
        '--resume',
        '--out',
        join(folder, 'rows.csv'),
      ],
    };
  },
};

/** Writes an entry as the journal does, with a digest that agrees. */
function rewrite(folder: string, entry: unknown): void {
  const { key } = (entry ?? {}) as { key?: unknown };
  if (typeof key !== 'string' || !/^[0-9a-f]{40}$/.test(key)) return;
  // the head stays as it is, so that nothing but the point is changed
  const head = readFileSync(join(folder, 'sweep.json'));
  const { sweep, identity } = JSON.parse(head.toString()) as { sweep: string; identity: string };
  Journal.open(folder, { name: sweep, identity, keys: [key] }, 'continue').write(key, entry as Entry);
  writeFileSync(join(folder, 'sweep.json'), head);
}

export const ROWS: Kind = {
  name: 'rows',
  share: 5,
  prepare: () => {
    const whole = readFileSync(new URL('../../results/default.csv', import.meta.url), 'utf8');
    const [header, ...lines] = whole.trimEnd().split('\n');
    return {
      write(draws, folder) {
        const some = lines.filter(() => draws.oncePer(8));
        const text = [header, lines[0], ...some, ''].join('\n');
        const changed = draws.oncePer(2) ? withOddCells(draws, text) : mutatedText(draws, text, TABLE);
        writeFileSync(join(folder, 'rows.csv'), encodedText(draws, changed));
      },
      async read(folder) {
        const rows = summarize(readRows(join(folder, 'rows.csv')));
        textTable(sweepTable(rows));
        const figure = paretoPlot(rows);
        // drawing takes as long as a hundred readings
        if (rows.length % 8 === 0) await figureSvg(figure);
      },
      args: (folder) => ['plot', join(folder, 'rows.csv')],
    };
  },
};

/** Other cells in some of the rows, or another name for a column. */
function withOddCells(draws: Draws, text: string): string {
  const lines = text.split('\n');
  for (let times = draws.fewTimes(); times > 0; times--) {
    const line = draws.below(lines.length);
    const cells = lines[line]!.split(',');
    const at = draws.below(cells.length);
    cells[at] = draws.of([
      '',
      'n/a',
      '0',
      '-1',
      '1e308',
      '-1e308',
      '1e-308',
      'Infinity',
      '1e999',
      '2',
      '0.5',
      cells[draws.below(cells.length)]!,
      `"${oddText(draws).replaceAll('"', '""')}"`,
    ]);
    lines[line] = cells.join(',');
  }
  return lines.join('\n');
}
