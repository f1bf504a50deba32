import Papa from 'papaparse';
import { describe, expect, it } from 'vitest';
import { isFloat64Text } from '../../arithmetic/decimal.js';
import type { Item } from '../../cli/read-value.js';
import {
  decodeItems,
  type EncodeOptions,
  encodeItems,
  itemsOfArguments,
  itemsOfLines,
} from '../../cli/value-lines.js';
import { UserError } from '../../errors.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const options = (changes: Partial<EncodeOptions> = {}): EncodeOptions => ({
  rounding: NEAREST_EVEN,
  seed: 0,
  form: 'csv',
  ...changes,
});
const encode = (items: AsyncIterable<Item>, format: string, changes?: Partial<EncodeOptions>) =>
  textOf(encodeItems(items, getFormat(format), options(changes)));

describe('encode', () => {
  it('echoes values as given and writes exact values and errors', async () => {
    const rounding = { ...NEAREST_EVEN, policy: 'nan' } as const;
    const values = ['464', '464.01', '-0', '1.50', '-Inf', '1e400', '+.1e1', 'nan'];
    expect(await encode(itemsOfArguments(values), 'float8e4m3fn', { rounding })).toBe(
      `input,code,value,error,event
464,0x7e,448,-16,tie
464.01,0x7f,NaN,NaN,overflow
-0,0x80,-0,0,exact
1.50,0x3c,1.5,0,exact
-Inf,0x7f,NaN,NaN,overflow
1e400,0x7f,NaN,NaN,overflow
+.1e1,0x38,1,0,exact
nan,0x7f,NaN,0,exact
`,
    );
  });

  it('pads codes to the width of the format', async () => {
    expect(await encode(itemsOfArguments(['1']), 'posit5es1')).toContain('1,0x08,1,');
    expect(await encode(itemsOfArguments(['1']), 'posit32es2')).toContain('1,0x40000000,1,');
    expect(await encode(itemsOfArguments(['1']), 'posit4es0')).toContain('1,0x4,1,');
  });

  it.each([1, 3, 7, 65536])('reads lines cut anywhere, in chunks of %i bytes', async (size) => {
    const lines = chunks('1\r\n\n  -2.5 \n1e-3', size);
    const rows = (await encode(itemsOfLines(lines), 'fixed8q4')).split('\n');
    expect(rows).toEqual([
      'input,code,value,error,event',
      '1,0x10,1,0,exact',
      '-2.5,0xd8,-2.5,0,exact',
      '1e-3,0x00,0,-0.001000000000000000020816681711721685132943093776702880859375,underflow',
      '',
    ]);
  });

  it('gives many lines, by tables, the same codes, random words included', async () => {
    const texts = Array.from({ length: 20_000 }, (_, index) => String((index - 10_000) / 7));
    for (const rounding of [NEAREST_EVEN, { ...NEAREST_EVEN, mode: 'stochastic' } as const]) {
      const whole = await encode(itemsOfLines(chunks(texts.join('\n'), 1000)), 'posit8es1', {
        rounding,
        seed: 5,
      });
      const rows = Papa.parse<string[]>(whole.trim()).data.slice(1);
      expect(rows).toHaveLength(texts.length);
      const first = await encode(itemsOfArguments(texts.slice(0, 40)), 'posit8es1', { rounding, seed: 5 });
      expect(Papa.parse<string[]>(first.trim()).data.slice(1)).toEqual(rows.slice(0, 40));
      if (rounding.mode === 'stochastic') {
        const other = await encode(itemsOfLines(chunks(texts.join('\n'), 1000)), 'posit8es1', {
          rounding,
          seed: 6,
        });
        expect(other).not.toBe(whole);
      }
    }
  });

  it.each([
    ['1\n\nfoo\n', "line 3: 'foo' is not a number"],
    ['0x10', "line 1: '0x10' is not a number"],
    ['1,2', "line 1: '1,2' is not a number"],
    ['1\nnan', 'line 2 is NaN, which fixed8q4 cannot hold'],
    ['inf', 'line 1 is Infinity, which fixed8q4 cannot hold'],
    ['9'.repeat(10_000), 'longer than 4096 characters'],
  ])('refuses %.12j in one line', async (text, says) => {
    const run = encode(itemsOfLines(chunks(text, 100)), 'fixed8q4');
    await expect(run).rejects.toThrow(UserError);
    await expect(encode(itemsOfLines(chunks(text, 100)), 'fixed8q4')).rejects.toThrow(says);
  });

  it('writes the header alone for no values', async () => {
    expect(await encode(itemsOfLines(chunks('', 1)), 'fixed8q4')).toBe('input,code,value,error,event\n');
  });
});

describe('text that is no float64', () => {
  it.each([
    ['1.00000000000000000001', '1.00000000000000000001,0x10,1,0,exact-float64'],
    ['1e-400', '1e-400,0x00,0,0,exact-float64'],
    ['0.03125000000000000000000001', '0.03125000000000000000000001,0x00,0,-0.03125,underflow'],
    ['0.09375000000000000000000001', '0.09375000000000000000000001,0x02,0.125,0.03125,tie-float64'],
    ['1.000', '1.000,0x10,1,0,exact'],
    ['0.09375', '0.09375,0x02,0.125,0.03125,tie'],
  ])('%s is never called exact or a tie', async (text, row) => {
    const rounded: string[] = [];
    const written = await encode(itemsOfArguments([text]), 'fixed8q4', {
      onRounded: (item, value) => rounded.push(`${item.where} ${value}`),
    });
    expect(written.split('\n')[1]).toBe(row);
    expect(rounded).toEqual(isFloat64Text(text) ? [] : [`argument 1 ${Number(text)}`]);
  });
});

describe('as JSON', () => {
  it('is an array of the same cells, also of none and of many', async () => {
    const lines = Array.from({ length: 9000 }, (_, index) => String(index / 8));
    const json = JSON.parse(
      await encode(itemsOfLines(chunks(lines.join('\n'), 999)), 'posit8es1', { form: 'json' }),
    );
    expect(json).toHaveLength(9000);
    expect(json[3]).toEqual({ input: '0.375', code: '0x28', value: '0.375', error: '0', event: 'exact' });
    expect(JSON.parse(await encode(itemsOfArguments([]), 'posit8es1', { form: 'json' }))).toEqual([]);
    const decoded = await textOf(decodeItems(itemsOfArguments(['7f']), getFormat('posit8es1'), 'json'));
    expect(JSON.parse(decoded)).toEqual([
      { input: '7f', code: '0x7f', value: '4096', error: '0', event: 'exact' },
    ]);
  });
});

describe('decode', () => {
  it('takes hex with and without 0x and gives exact values', async () => {
    const items = itemsOfArguments(['7f', '0X80', '1', '0xFF']);
    expect(await textOf(decodeItems(items, getFormat('posit8es1'), 'csv'))).toBe(
      'input,code,value,error,event\n7f,0x7f,4096,0,exact\n0X80,0x80,NaN,0,exact\n1,0x01,0.000244140625,0,exact\n0xFF,0xff,-0.000244140625,0,exact\n',
    );
  });

  it('gives back what encode wrote, for every code', async () => {
    const format = getFormat('float8e5m2');
    const codes = Array.from({ length: 256 }, (_, code) => code.toString(16));
    const decoded = Papa.parse<string[]>(
      (await textOf(decodeItems(itemsOfArguments(codes), format, 'csv'))).trim(),
    );
    const values = decoded.data.slice(1).map((row) => row[2]!);
    const rounding = { ...NEAREST_EVEN, policy: 'infinity' } as const;
    const encoded = Papa.parse<string[]>(
      (await encode(itemsOfArguments(values), 'float8e5m2', { rounding })).trim(),
    );
    const nan = '0x7e';
    const wanted = decoded.data.slice(1).map((row) => (row[2] === 'NaN' ? nan : row[1]!));
    expect(encoded.data.slice(1).map((row) => row[1])).toEqual(wanted);
  });

  it.each([
    ['100', "'100' is not a code of posit8es1; its codes are 0x0 to 0xff"],
    ['-1', "'-1' is not a hex code"],
    ['0x', "'0x' is not a hex code"],
    ['g1', "'g1' is not a hex code"],
    ['--jsn', "option '--jsn' is unknown"],
  ])('refuses %s in one line', async (text, says) => {
    await expect(
      textOf(decodeItems(itemsOfArguments([text]), getFormat('posit8es1'), 'csv')),
    ).rejects.toThrow(says);
  });
});
