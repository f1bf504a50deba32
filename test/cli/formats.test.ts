import { afterEach, describe, expect, it, vi } from 'vitest';
import yargs, { type CommandModule } from 'yargs';
import { encodeCommand } from '../../cli/encode.js';
import { explainCommand } from '../../cli/explain.js';
import { shortNumber } from '../../cli/format-texts.js';
import { formatsCommand } from '../../cli/formats.js';

afterEach(() => vi.restoreAllMocks());

/** What a command writes on stdout. */
async function run(command: unknown, ...words: string[]): Promise<string> {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((piece) => {
    text += piece;
    return true;
  });
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    text += `${line}\n`;
  });
  await yargs()
    .command(command as CommandModule)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parseAsync(words);
  vi.restoreAllMocks();
  return text;
}

describe('cheetah formats', () => {
  it('lists every preset with its facts, and the grammar of the rest', async () => {
    const text = await run(formatsCommand, 'formats');
    expect(text).toMatch(/^posit8es1 +8 +0\.000244140625 +4096 +≈7\.22 +255 +1 +saturate$/m);
    expect(text).toMatch(/^float4e2m1f .*float4e2m1fn$/m);
    expect(text).toContain('posit<n>es<e>, 2 ≤ n ≤ 32, 0 ≤ e ≤ 4');
    expect(text).toContain('posit<8,1>');
  });

  it('prints facts exactly or says that they are rounded', async () => {
    const text = await run(formatsCommand, 'formats');
    expect(text).toMatch(/^posit16es1 +16 +2\^-28 +268435456 /m);
    expect(text).toMatch(/^float32e8m23 +32 +2\^-149 +≈3\.40282e\+38 /m);
    expect(shortNumber(16777216)).toBe('16777216');
    expect(shortNumber(-(2 ** 60))).toBe('-2^60');
    expect(shortNumber(2 ** 60 + 2 ** 30)).toBe('≈1152920000000000000');
    const [shown] = JSON.parse(await run(formatsCommand, 'formats', 'show', 'float32', '--json'));
    expect(shown.exact.max).toBe('3.4028234663852885981170418348451692544e+38');
  });

  it('shows one format with all its codes, exactly', async () => {
    const text = await run(formatsCommand, 'formats', 'show', 'posit6es1');
    expect(text.match(/^0x[0-9a-f]{2} {2}/gm)).toHaveLength(64);
    expect(text).toMatch(/^0x20 +100000 +NaN$/m);
    expect(text).toMatch(/^0x01 +000001 +0\.00390625$/m);
  });

  it('shows the same as JSON', async () => {
    const [shown] = JSON.parse(await run(formatsCommand, 'formats', 'show', 'float16', '--json'));
    expect(shown).toMatchObject({
      name: 'float16e5m10',
      aliases: ['float16', 'fp16', 'f16', 'half', 'binary16'],
      nan: '0x7e00',
      negativeZero: '0x8000',
    });
    expect(shown.codes).toHaveLength(65536);
    expect(shown.codes[1]).toEqual({ code: '0x0001', value: '5.9604644775390625e-8' });
    const all = JSON.parse(await run(formatsCommand, 'formats', '--json'));
    expect(all.map((each: { name: string }) => each.name)).toContain('posit32es2');
  });

  it('asks for a name, and names near ones', async () => {
    await expect(run(formatsCommand, 'formats', 'show')).rejects.toThrow('show which format?');
    await expect(run(formatsCommand, 'formats', 'show', 'posit9')).rejects.toThrow('near names: posit9es0');
  });
});

describe('cheetah encode and explain', () => {
  it('take negative numbers and -inf as values, options anywhere', async () => {
    const text = await run(
      encodeCommand,
      'encode',
      'posit8es1',
      '-1.5',
      '--mode',
      'up',
      '-inf',
      '-1e-3',
      '-0',
    );
    expect(text.split('\n').map((row) => row.split(',').slice(0, 2).join(' '))).toEqual([
      'input code',
      '-1.5 0xb8',
      '-inf 0x80',
      '-1e-3 0xfe',
      '-0 0x00',
      '',
    ]);
  });

  it.each([
    [['posit8es1', '1', '--mode', 'nearest'], "rounding mode 'nearest' is unknown; use nearest-even"],
    [['posit8es1', '1', '--policy', 'nan'], "has no overflow policy 'nan'; use saturate"],
    [['posit8es1', '1', '--seed', '-1'], '--seed -1; give a whole number from 0 to 4294967295'],
    [['posit8es1', '1', '--moed', 'up'], "option '--moed' is unknown"],
    [['posit1es0', '1'], 'posit1es0 is impossible'],
  ])('encode %j is refused in one line', async (words, says) => {
    await expect(run(encodeCommand, 'encode', ...words)).rejects.toThrow(says);
  });

  it('explain says why in text and in JSON', async () => {
    expect(await run(explainCommand, 'explain', 'posit8es1', '2500')).toContain(
      'boundary  2048 (posit one bit wider)',
    );
    const json = JSON.parse(await run(explainCommand, 'explain', 'fixed8q4', '-0.1', '--json'));
    expect(json).toMatchObject({ input: '-0.1', code: '0xfe', value: '-0.125', event: 'rounded' });
    expect(json.lower).toEqual({ code: '0xfe', value: '-0.125' });
    expect(json.float64).toBe('-0.1000000000000000055511151231257827021181583404541015625');
    const beyond = await run(explainCommand, 'explain', 'fixed8q4', '1.00000000000000000001');
    expect(beyond).toContain('1.00000000000000000001 is no float64; read as 1\n');
    expect(beyond).toContain('event     exact-float64, error 0');
  });
});
