/** Input that is too large: what refusing it takes, in seconds and in memory. Each case is made on the spot. */
import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { createGzip } from 'node:zlib';
import type { Bench, Section } from '../bench.js';
import { type BenchRow, significant } from '../rows.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PROBE = fileURLToPath(new URL('../limits-probe.cjs', import.meta.url));

interface Case {
  readonly what: string;
  /** Writes the file and gives the words of the command that is to refuse it. */
  prepare(folder: string): Promise<readonly string[]> | readonly string[];
}

const MEGABYTE = 2 ** 20;

/** `bytes` of one block over and over. */
function* repeated(block: string, bytes: number): Generator<string> {
  for (let written = 0; written < bytes; written += block.length) yield block;
}

function spec(folder: string, formats: string): string[] {
  const file = join(folder, 'spec.yaml');
  writeFileSync(
    file,
    `name: x\ndataset: strokes\nnetwork: mlp4\ntraining: {}\nquantizer: linear\nformat: ${formats}\n`,
  );
  return ['sweep', file, '--plan'];
}

const ROW = `${Array.from({ length: 60 }, (_, i) => i / 7).join(',')},a\n`;

const CASES: readonly Case[] = [
  {
    what: 'a packed table of 100 kB that unpacks to 95 MB',
    async prepare(folder) {
      const file = join(folder, 'bomb.csv.gz');
      const source = Readable.from(repeated('1,2,3,4,5,6,7,a\n'.repeat(4096), 95 * MEGABYTE));
      await pipeline(source, createGzip({ level: 9 }), createWriteStream(file));
      return ['data', 'show', file];
    },
  },
  {
    what: 'a table of 240 MB',
    async prepare(folder) {
      const file = join(folder, 'large.csv');
      await pipeline(Readable.from(repeated(ROW.repeat(1024), 240 * MEGABYTE)), createWriteStream(file));
      return ['train', '--dataset', file, '--network', 'mlp4', '--out', join(folder, 'model')];
    },
  },
  {
    what: 'a CSV of 240 MB for a figure',
    async prepare(folder) {
      const file = join(folder, 'rows.csv');
      await pipeline(Readable.from(repeated(ROW.repeat(1024), 240 * MEGABYTE)), createWriteStream(file));
      return ['plot', file];
    },
  },
  {
    what: 'a spec of 4,000 unknown formats',
    prepare: (folder) =>
      spec(folder, `[${Array.from({ length: 4000 }, (_, i) => `pozit${i}es1`).join(', ')}]`),
  },
  {
    what: 'a spec of 10,000 anchors',
    prepare: (folder) =>
      spec(folder, `[${Array.from({ length: 10_000 }, (_, i) => `&a${i} posit8es1, *a${i}`).join(', ')}]`),
  },
  {
    what: 'a spec of 800 kB of [1,1,…]',
    prepare: (folder) => spec(folder, `[{ posit: { bits: [${'8,'.repeat(400_000)}8], es: 1 } }]`),
  },
  {
    what: 'a network of 130 M parameters with a table of 12 rows',
    prepare(folder) {
      const nodes = [
        { name: 'wide', operator: { type: 'dense', units: 32_500 }, inputs: ['input'] },
        { name: 'more', operator: { type: 'dense', units: 4000 }, inputs: ['wide'] },
        { name: 'last', operator: { type: 'dense', units: 2 }, inputs: ['more'] },
      ];
      const network = join(folder, 'network.json');
      writeFileSync(network, JSON.stringify({ name: 'wide', input: [2], classes: 2, nodes }));
      const table = join(folder, 'small.csv');
      writeFileSync(table, Array.from({ length: 12 }, (_, i) => `${i},${i % 3},${i % 2}\n`).join(''));
      return ['train', '--network', network, '--dataset', table, '--out', join(folder, 'model')];
    },
  },
];

async function measure({ progress }: Bench): Promise<readonly BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), 'cheetah-limits-'));
  const rows: BenchRow[] = [];
  try {
    for (const [index, { what, prepare }] of CASES.entries()) {
      progress.say(what, index / CASES.length);
      const folder = join(home, String(index));
      mkdirSync(folder);
      const words = await prepare(folder);
      const started = performance.now();
      const { output, status } = spawnSync(process.execPath, ['--require', PROBE, MAIN, ...words], {
        stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
        encoding: 'utf8',
      });
      const seconds = (performance.now() - started) / 1000;
      const complaint = output[2]!.trimEnd().split('\n').at(-1)!;
      if (status !== 1) throw new Error(`${what}: exit code ${status}, ${complaint}`);
      rows.push({
        input: what,
        seconds: significant(seconds),
        megabytes: significant(Number(output[3]) / 1024),
        says: complaint.replaceAll(home, '…'),
      });
      rmSync(folder, { recursive: true });
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
  return rows;
}

export const limitsSection: Section = {
  name: 'limits',
  title: 'Input that is too large, refused',
  shown: ['input', 'seconds', 'megabytes'],
  run: measure,
};
