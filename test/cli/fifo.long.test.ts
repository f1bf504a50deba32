/** Every option that names a file refuses a pipe in one line: a process that opened it would wait for ever. */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../datasets/made.js';
import { commandsOf } from '../input/file-options.js';
import { MAIN } from './run-cheetah.js';

const pipe = join(temporaryFolder(), 'pipe.csv');

describe('a FIFO in place of a file', () => {
  it('is refused by plot, cost fit, --plugin, sweep and notebook', () => {
    execFileSync('mkfifo', [pipe]);
    for (const args of commandsOf(pipe, 'mine.json')) {
      const ran = spawnSync(process.execPath, [MAIN, ...args], {
        encoding: 'utf8',
        input: '',
        timeout: 20_000,
      });
      expect([args[0], ran.status]).toEqual([args[0], 1]);
      expect(ran.stderr).toMatch(/^cheetah: .* is a pipe \(FIFO\), not a file; give .*\n$/);
    }
  });
});
