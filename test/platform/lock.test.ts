import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { LOCK_FILE, takeLock } from '../../platform/lock.js';
import { startOf } from '../../platform/processes.js';

const above = mkdtempSync(join(tmpdir(), 'cheetah-lock-'));
afterAll(() => rmSync(above, { recursive: true, force: true }));
let count = 0;
const fresh = (): string => join(above, `${count++}`, 'x.journal');
const built = pathToFileURL(fileURLToPath(new URL('../../dist/platform/lock.js', import.meta.url)));
const TAKE = `import { takeLock } from '${built}'; takeLock(process.argv[1], 'wait'); console.log('taken');`;

function lockedBy(folder: string, holder: unknown): string {
  takeLock(folder, 'wait')();
  const path = join(folder, LOCK_FILE);
  writeFileSync(path, typeof holder === 'string' ? holder : JSON.stringify(holder));
  return path;
}

describe('takeLock', () => {
  it('lets one in at a time, also of one process, and the next when it is given back', () => {
    const folder = fresh();
    const release = takeLock(folder, 'write elsewhere');
    expect(() => takeLock(folder, 'write elsewhere')).toThrow(UserError);
    expect(() => takeLock(folder, 'write elsewhere')).toThrow(
      new RegExp(`x\\.journal is in use by process ${process.pid}; wait until it ends, or write elsewhere$`),
    );
    release();
    takeLock(folder, 'write elsewhere')();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is given back when its process ends, and taken over when it was killed', async () => {
    const folder = fresh();
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', TAKE, folder]);
    expect(ended.stdout.toString()).toBe('taken\n');
    expect(existsSync(join(folder, LOCK_FILE))).toBe(false);
    const killed = spawn(process.execPath, [
      '--input-type=module',
      '-e',
      `${TAKE} setInterval(() => {}, 1000);`,
      folder,
    ]);
    await once(killed.stdout, 'data');
    expect(() => takeLock(folder, 'wait')).toThrow(`in use by process ${killed.pid}`);
    killed.kill('SIGKILL');
    await once(killed, 'close');
    expect(existsSync(join(folder, LOCK_FILE))).toBe(true);
    takeLock(folder, 'wait')();
  });

  it('is not held by a process that has the number of one that is gone', () => {
    const { pid } = process;
    const folder = fresh();
    lockedBy(folder, { host: hostname(), pid, start: `${Number(startOf(pid)) - 1}` });
    takeLock(folder, 'wait')();
    lockedBy(folder, { host: hostname(), pid, start: startOf(pid) });
    expect(() => takeLock(folder, 'wait')).toThrow('in use');
  });

  it('of another machine counts as held, and names that machine', () => {
    const folder = fresh();
    const path = lockedBy(folder, { host: 'elsewhere', pid: 1, start: 'unknown' });
    expect(() => takeLock(folder, 'wait')).toThrow(/in use by process 1 on elsewhere; .*remove .*\.lock if/);
    expect(readFileSync(path, 'utf8')).toContain('elsewhere');
  });

  it.each(['', '{', '[]', '{"pid":"x"}', `{"host":"${hostname()}","pid":0,"start":"unknown"}`])(
    '%j holds nobody',
    (text) => {
      const folder = fresh();
      lockedBy(folder, text);
      takeLock(folder, 'wait')();
    },
  );

  it('lets exactly one of many in who find the lock of a dead process at once', async () => {
    const folder = fresh();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    lockedBy(folder, { host: hostname(), pid: dead, start: 'unknown' });
    const hold = `${TAKE} setInterval(() => {}, 1000);`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', hold, folder]),
    );
    const first = await Promise.all(
      children.map((child) => Promise.race([once(child.stdout, 'data'), once(child, 'exit')])),
    );
    for (const child of children) child.kill('SIGKILL');
    expect(first.filter(([said]) => String(said) === 'taken\n')).toHaveLength(1);
  });
});
