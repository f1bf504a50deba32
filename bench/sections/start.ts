/** Processor time of light commands, of that of an empty program: what every call of the command line pays. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Bench, Section } from '../bench.js';
import { type BenchRow, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const PROBE = fileURLToPath(new URL('../start-probe.cjs', import.meta.url));

const EMPTY = ['-e', '0'];

const COMMANDS: readonly (readonly string[])[] = [
  ['--help'],
  ['--version'],
  ['encode', '--help'],
  ['data', 'fetch', '--help'],
  ['sweep', '--help'],
  ['completion', 'words', '--', 'sw'],
  ['encode', 'posit8es1', '0.3'],
  ['formats'],
];

/** Words of commands that are answered without the parser. */
const LIGHT = new Set(['--help', '--version', 'completion']);

const ROUNDS = { quick: 5, full: 21 } as const;

/** User and system time in milliseconds, which other work on the machine stretches less than time on the clock. */
function cost(words: readonly string[]): number {
  const { output, status } = spawnSync(process.execPath, ['--require', PROBE, ...words], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`node ${words.join(' ')} failed`);
  return Number(output[3]) / 1000;
}

/** In turns, so that what slows the machine for a while slows all. */
async function measure({ effort, progress }: Bench): Promise<readonly BenchRow[]> {
  const contestants = [EMPTY, ...COMMANDS.map((words) => [MAIN, ...words])];
  const times = contestants.map((): number[] => []);
  const rounds = ROUNDS[effort];
  for (let round = 0; round < rounds; round++) {
    progress.say('start-up', round / rounds);
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (round + turn) % contestants.length;
      times[index]!.push(cost(contestants[index]!));
    }
  }
  const [empty, ...own] = times as [number[], ...number[][]];
  return own.map((taken, index) => ({
    command: `cheetah ${COMMANDS[index]!.join(' ')}`,
    kind: COMMANDS[index]!.some((word) => LIGHT.has(word)) ? 'light' : 'work',
    ...spreadColumns('per_empty', speedRatio(empty, taken)),
    ...spreadColumns('milliseconds', spreadOf(taken)),
  }));
}

export const startSection: Section = {
  name: 'start',
  title: 'Processor time of commands, of that of an empty program (node -e 0)',
  shown: ['command', 'kind', 'per_empty_median', 'per_empty_min', 'per_empty_max', 'milliseconds_median'],
  run: measure,
};
