import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../errors.js';
import { escaped, oneLine } from '../one-line.js';
import { performed } from './cli/in-process.js';
import { temporaryFolder } from './datasets/made.js';

describe('text from outside', () => {
  it('shows what is not seen: controls, escapes, marks of direction, line separators, halves of pairs', () => {
    expect(escaped('a\nb\r\tc\x1b[31m\x00\x7f\x9b')).toBe('a\\nb\\r\\tc\\x1b[31m\\x00\\x7f\\x9b');
    expect(escaped('\u202egnp.\u2066\u200f\ufeff\u2028')).toBe('\\u202egnp.\\u2066\\u200f\\ufeff\\u2028');
    expect(escaped('\ud800x')).toBe('\\ud800x');
    expect(escaped('é 漢 😀 ±')).toBe('é 漢 😀 ±');
  });

  it('is cut where a word or the whole is too long, its ends kept', () => {
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300));
    expect(oneLine(`format '${'x'.repeat(1e6)}y' is unknown`)).toMatch(/^.{1,250}….{1,100}$/);
    expect(oneLine(`start ${'x'.repeat(500)}end stop`)).toMatch(/^start x+…x+end stop$/);
    const long = oneLine(`start${' word'.repeat(1e5)} end`);
    expect(long).toHaveLength(600);
    expect(long).toMatch(/^start word.*… *.*word end$/);
    expect(oneLine('\x1b'.repeat(1e6)).length).toBeLessThanOrEqual(2000);
  });

  it('is cut between characters, wherever the cut falls', () => {
    for (let before = 0; before < 4; before++) {
      for (const count of [350, 5000]) {
        const cut = oneLine(`${'x'.repeat(before)}${'💥é'.repeat(count)}`);
        expect(cut).toMatch(/^x*(💥é)+💥?…é?(💥é)+$/u);
        expect(oneLine(`word ${'💥 '.repeat(count)}${'x'.repeat(before)}`)).toMatch(
          /^word (💥 )+…? ?(💥 )+x*$/u,
        );
      }
    }
  });

  it('is so in every message to a user', () => {
    expect(new UserError('row\n2: \x1b[2J').message).toBe('row\\n2: \\x1b[2J');
  });

  it('is so on the screen: names of formats and files, keys of specs, classes, cells', async () => {
    const folder = temporaryFolder();
    const evil = '\x1b[31mred\u202e';
    writeFileSync(join(folder, 'spec.yaml'), `"a\\n${'\\e'}[2J": 1\n`);
    writeFileSync(
      join(folder, 'x.csv'),
      Array.from({ length: 12 }, (_, i) => `${i},${i % 2 ? evil : 'b'}\n`).join(''),
    );
    for (const args of [
      ['encode', 'posit8es1', `1${evil}`],
      ['sweep', 'spec.yaml'],
      ['sweep', `${evil}\n.yaml`],
      ['data', 'show', 'x.csv', '--count', '8'],
      [`--${evil}`],
    ]) {
      const { out, err } = await performed(args, { cwd: folder });
      expect([args, (out + err).replaceAll('\n', '')]).toEqual([
        args,
        expect.not.stringMatching(/[\p{Cc}\u202e]/u),
      ]);
      expect(err.length).toBeLessThan(700);
      expect(err.split('\n')).toHaveLength(2);
    }
  });
});
