import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import * as library from '../index.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-library-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What stands behind each command; a command without a function here is one the library cannot do. */
const BEHIND = {
  start: ['readSpec', 'runSweep', 'sweepTable', 'textTable'],
  formats: ['listFormats', 'getFormat', 'exactDecimal'],
  encode: ['bulkEncode', 'eventOf', 'errorText'],
  decode: ['bulkDecode'],
  explain: ['explain', 'explanationText'],
  dot: ['ExactDot', 'EmacUnit', 'traceDot'],
  networks: ['listNetworks', 'getNetwork', 'registerNetwork'],
  train: ['train', 'saveModel'],
  evaluate: ['checkSpec', 'evaluatePoint', 'pointVectors'],
  infer: ['openInference', 'inferAll'],
  requantize: ['RequantizationComparison', 'integerProgram', 'tfliteGraph'],
  'export-c': ['exportC', 'checkSpec', 'exportPoint'],
  layers: ['collectHistograms', 'makeEncodings', 'layerTable'],
  zeros: ['zeroSkipping', 'loopCycles', 'timeRatio'],
  sweep: ['planSweep', 'describePlan', 'checkFiles', 'estimateSweep', 'runSweep'],
  best: ['summaryOf', 'choicesBy', 'bestTable'],
  compare: ['compareRows', 'comparisonTable', 'readPredictions'],
  cost: ['listCostSources', 'readMeasurements', 'fitCost'],
  data: ['inventory', 'fetchData', 'loadDataset'],
  plot: ['summaryOf', 'paretoPlot', 'figureSvg', 'figurePng', 'figurePdf'],
  table: ['tableOfCsv', 'summaryTable', 'latexTable', 'markdownTable'],
  notebook: ['runNotebook'],
} as const;

describe('the library', () => {
  it.each(Object.entries(BEHIND))('does what cheetah %s does', (_, names) => {
    const exported = new Map(Object.entries(library));
    for (const name of names) expect(exported.get(name), name).toBeTypeOf('function');
  });

  it('has a function behind every command', () => {
    const commands = readFileSync(fileURLToPath(new URL('../cli/commands.ts', import.meta.url)), 'utf8');
    const names = [...commands.matchAll(/entry\(\s*'([\w-]+)'/g)].map(([, name]) => name!);
    expect(names.filter((name) => name !== 'completion').sort()).toEqual(Object.keys(BEHIND).sort());
  });

  it('reads rows, fits costs, refuses an unknown set and runs a notebook', async () => {
    const file = fileURLToPath(new URL('../results/default.csv', import.meta.url));
    const rows = library.readRows(file);
    expect(rows.length).toBeGreaterThan(60);
    const summary = library.summaryOf(file);
    expect(library.sweepTable(summary).rows).toHaveLength(summary.length);
    await expect(library.fetchData('mnits', folder)).rejects.toThrow('did you mean mnist or mnist-14?');
    const csv = `format,k,delay_ps\n${[630, 770, 900, 1040, 1180, 1320].map((ps, i) => `fixed${i + 5}q2,1024,${ps}`).join('\n')}\n`;
    const fitted = await library.fitCost(library.parseMeasurements(csv, 'm.csv'), {
      name: 'mine',
      lutKind: 'LUT',
    });
    expect(fitted.fits).toMatchObject([{ figure: 'delay_ps', units: 6 }]);
    const notebook = join(folder, 'one.ts');
    writeFileSync(notebook, "// %% One\nconsole.log('seen');\n");
    // a module loader of the tests' own loads no notebooks: the built library does, as its users have it
    const index = new URL('../dist/index.js', import.meta.url).href;
    const script = `import { runNotebook } from ${JSON.stringify(index)};
      console.log(JSON.stringify(await runNotebook(${JSON.stringify(notebook)}, { out: ${JSON.stringify(folder)} })));`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    const files = ['html', 'md'].map((ending) => join(folder, `one.${ending}`));
    expect(JSON.parse(ran.stdout)).toEqual({ files });
    expect(readFileSync(files[1]!, 'utf8')).toContain('seen');
  });
});
