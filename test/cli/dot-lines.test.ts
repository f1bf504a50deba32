import { describe, expect, it } from 'vitest';
import { type DotOptions, dotLines } from '../../cli/dot-lines.js';
import { UserError } from '../../errors.js';

/** The bytes in chunks of `size`, so that words and lines are cut anywhere. */
async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

function dot(text: string, format: string, options: Partial<DotOptions> = {}, size = 7): Promise<string> {
  return dotLines(chunks(text, size), {
    weights: format,
    activations: format,
    output: format,
    mode: 'nearest-even',
    policy: 'saturate',
    underflow: 'none',
    seed: 0,
    width: undefined,
    multiplier: '1',
    scaleBits: 16,
    requantizer: 'loop',
    print: 'csv',
    ...options,
  });
}

describe('cheetah dot', () => {
  it('writes one code a line under a header, an empty line being +0', async () => {
    // 1·1 + 0.5·(−1), nothing, maxpos²
    expect(await dot('40 40 30 c0\n\n7f 7f\n', 'posit8es1')).toBe('code\n0x30\n0x00\n0x7f\n');
  });
  it('takes 0x, upper case, tabs, several blanks, CRLF and a last line without its end', async () => {
    for (const size of [1, 2, 3, 1000]) {
      expect(await dot(' 0x40\t40  0X30 C0 \r\n\r\n0x0000000040 40', 'posit8es1', {}, size)).toBe(
        'code\n0x30\n0x00\n0x40\n',
      );
    }
  });
  it('writes no lines for no input at all', async () => {
    expect(await dot('', 'posit8es1')).toBe('code\n');
  });
  it('pads codes to the width of the output format', async () => {
    expect(await dot('01 01\n', 'posit5es1', { output: 'fixed12q4' })).toBe('code\n0x000\n');
    expect(await dot('10 10\n', 'fixed8q4', { output: 'float16' })).toBe('code\n0x3c00\n');
  });
  it('rounds by mode, policy and underflow', async () => {
    const line = '01 01\n';
    expect(await dot(line, 'posit8es1')).toBe('code\n0x01\n');
    expect(await dot(line, 'posit8es1', { underflow: 'half' })).toBe('code\n0x00\n');
    expect(await dot('77 77\n', 'float8e4m3', { policy: 'infinity' })).toBe('code\n0x78\n');
    expect(await dot('01 81\n', 'float8e4m3', { mode: 'toward-zero' })).toBe('code\n0x80\n');
    expect(await dot('01 81\n', 'float8e4m3', { mode: 'down' })).toBe('code\n0x81\n');
  });
  it('rounds stochastically by seed and line, and by nothing else', async () => {
    const text = '11 11\n'.repeat(64);
    const once = await dot(text, 'fixed8q4', { mode: 'stochastic' });
    expect(await dot(text, 'fixed8q4', { mode: 'stochastic' }, 64)).toBe(once);
    expect(new Set(once.split('\n').slice(1, -1))).toEqual(new Set(['0x12', '0x13']));
    expect(await dot(text, 'fixed8q4', { mode: 'stochastic', seed: 1 })).not.toBe(once);
  });
  it('gives JSON, and a trace whose code is the fast path’s', async () => {
    expect(JSON.parse(await dot('40 40\n', 'posit8es1', { print: 'json' }))).toEqual([
      { line: 1, k: 1, code: '0x40', value: '1' },
    ]);
    const trace = await dot('40 40 30 c0\n\n', 'posit8es1', { print: 'trace' });
    expect(trace).toContain('code 0x30 after 5 cycles');
    expect(trace).toContain('code 0x00 after 4 cycles');
    const [first] = JSON.parse(await dot('40 40 30 c0\n', 'posit8es1', { print: 'trace-json' }));
    expect(first.rows).toHaveLength(5);
    expect(first.rows.at(-1)[first.columns.indexOf('y')]).toBe('30');
  });
  it('multiplies the exact sum by s, rounded to its bits first', async () => {
    // 2 · 0.3 = 0.6 is 9.6 in steps of 2^-4; with one bit s is 0.25, with two bits 0.25 or 0.375, the nearer
    const line = '10 10 10 10\n';
    const times = (multiplier: string, scaleBits = 16) => dot(line, 'fixed8q4', { multiplier, scaleBits });
    expect(await times('0.3')).toBe('code\n0x0a\n');
    expect(await times('0.3', 1)).toBe('code\n0x08\n');
    expect(await times('0.32', 2)).toBe('code\n0x0c\n');
    expect(await times('2')).toBe('code\n0x40\n');
  });
  it('traces the loop over the digits of the sum', async () => {
    const options = { multiplier: '0.3', print: 'trace' } as const;
    const text = await dot('10 f0 10 f0\n', 'fixed8q4', options);
    // W = 17: 3 digits of 8 bits for K = 2; 2 + 3 + 4 cycles and a round of two
    expect(text).toContain(
      's = 39322 · 2^-17: a loop over 3 digits of the sum, 8 bits a cycle; the round stage takes two cycles',
    );
    expect(text).toContain(
      '  requantize: hold[24] negative[1] carry[1] upper[16] digits[2] multiplied[1]\n  round: minus[1] kept[10] above[5] normalised[1] y[8] ready[1]',
    );
    // −0.6 in steps of 2^-4: −9.6
    expect(text).toMatch(/code 0xf6 after 10 cycles\n$/);
    const [traced] = JSON.parse(await dot('10 f0 10 f0\n', 'fixed8q4', { ...options, print: 'trace-json' }));
    const column = (name: string) =>
      traced.rows.map((row: string[]) => Number.parseInt(row[traced.columns.indexOf(name)]!, 16));
    expect(column('digits')).toEqual([0, 0, 0, 0, 3, 2, 1, 0, 0, 0]);
    // 2 · 2^8 · 39322 = 0x1333400 once the last digit is through
    const [hold, upper] = [column('hold')[7], column('upper')[7]];
    expect(upper * 2 ** 24 + hold).toBe(512 * 39322);
    expect(column('hold')[4]).toBe(2 ** 24 - 512);
    const parallel = await dot('10 f0 10 f0\n', 'fixed8q4', { ...options, requantizer: 'parallel' });
    expect(parallel).toContain('a 17 × 16 multiplier of two stages');
    expect(parallel).toContain('code 0xf6 after 7 cycles');
    const shift = await dot('10 f0 10 f0\n', 'fixed8q4', { ...options, multiplier: '0.25' });
    expect(shift).toContain('s = 2^-2: its exponent is added in the round stage');
    expect(shift).toContain('code 0xf8 after 5 cycles');
  });
  it('handles K = 65,536', async () => {
    // 65536 · 2^-4 · 2^-4 = 256 saturates fixed8q4, and is exact in float16
    const text = `${'01 01 '.repeat(65536)}\n`;
    expect(await dot(text, 'fixed8q4', { output: 'float16' }, 65536)).toBe('code\n0x5c00\n');
  });
});

describe('bad input is one line that names the line', () => {
  const cases: [string, string, Partial<DotOptions>, RegExp][] = [
    ['an odd number of codes', '40 40\n40\n', {}, /^line 2: 1 codes; give pairs/],
    ['a word that is not hex', '40 zz\n', {}, /^line 1: 'zz' is not a hex code/],
    ['a comma', '40,40\n', {}, /^line 1: '40,40' is not a hex code/],
    ['a bare 0x', '0x 40\n', {}, /^line 1: '0x' is not a hex code/],
    [
      'a code of more bits',
      '40 100\n',
      {},
      /^line 1: code 0x100 is not one of posit8es1, whose codes are 0x0 to 0xff/,
    ],
    ['an endless number', `${'f'.repeat(100)}\n`, {}, /^line 1: 'f+' is not a hex code/],
    [
      'an accumulator too narrow for K',
      '40 40 40 40\n',
      { width: 50 },
      /^line 1: K = 2 products .* need an accumulator of 51 bits, more than the stated 50/,
    ],
    [
      'a NaR that the output cannot hold',
      '80 40\n',
      { output: 'fixed8q4' },
      /^line 1: fixed8q4 has no code for nan/,
    ],
    ['an impossible width', '\n', { width: 1.5 }, /^--width 1.5 is impossible/],
    ['an impossible seed', '\n', { seed: -1 }, /^--seed -1; give a whole number from 0 to 4294967295$/],
    ['a multiplier of 0', '\n', { multiplier: '0' }, /^--multiplier 0 is impossible; give a number above 0$/],
    ['a multiplier beyond floats', '\n', { multiplier: '1e999' }, /^--multiplier 1e999 is impossible/],
    ['a word for a multiplier', '\n', { multiplier: 'half' }, /^--multiplier: 'half' is not a number/],
    ['a multiplier of no size', '\n', { multiplier: '1e-200' }, /multiplier is 2\^-665; keep scales/],
    ['impossible bits of s', '\n', { scaleBits: 0 }, /^--scale-bits 0; give a whole number from 1 to 53$/],
    ['a policy the format lacks', '\n', { policy: 'infinity' }, /no overflow policy 'infinity'/],
    ['an unknown mode', '\n', { mode: 'nearest' }, /rounding mode 'nearest' is unknown/],
  ];
  for (const [what, text, options, message] of cases) {
    it(what, async () => {
      for (const size of [1, 1000]) {
        const run = dot(text, 'posit8es1', options, size);
        await expect(run).rejects.toThrow(UserError);
        const error = await run.catch((reason: Error) => reason);
        if (size === 1000) expect((error as Error).message).toMatch(message);
        expect((error as Error).message).not.toContain('\n');
      }
    });
  }
});
