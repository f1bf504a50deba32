/** Figures of docs/speed.md, and those that README.md has of it, are those of results/bench. */
import { describe, expect, it } from 'vitest';
import { proseOf, type Row, rowsOf, tableOf, textOf } from './tables.js';

const page = textOf('docs', 'speed.md');
const prose = proseOf(page);
const summary = tableOf(`\n${textOf('results', 'bench', 'summary.md')}`, '| what | target |');
const zoo = rowsOf('bench/zoo.csv');
const OTHERS = ['float32', 'onnxruntime-node'];

/** Of what is measured, from the least to the most. */
function rangeOf(rows: readonly Row[], column: string, digits: number): string {
  expect(rows.length, column).toBeGreaterThan(1);
  const values = rows.map((row) => Number(row[column]));
  const [least, most] = [Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
  return `${least} to ${most}`;
}

const onOneThread = (network: string): readonly Row[] =>
  zoo.filter((row) => row.network === network && row.threads === '1' && !OTHERS.includes(row.format!));

const ratioOf = (network: string, format: string, quantizer: string): string => {
  const [row] = onOneThread(network).filter((one) => one.format === format && one.quantizer === quantizer);
  return Number(row!.per_float32_median).toFixed(2);
};

describe('docs/speed.md', () => {
  it('has the targets of results/bench/summary.md', () => {
    expect(tableOf(page, '| what | target |')).toEqual(summary);
  });

  it('has the speeds of one product', () => {
    const rows = rowsOf('bench/gemm.csv').filter(({ shape }) => shape === '2048×256×784');
    const speedOf = (format: string): string => {
      const speeds = rows.filter((row) => row.format === format).map((row) => Number(row.gmacs_median));
      const [least, most] = [Math.min(...speeds), Math.max(...speeds)];
      const written = [...new Set([least, most].map((speed) => speed.toFixed(speed < 9.95 ? 1 : 0)))];
      return written.join('–');
    };
    const formats = ['posit8es1', 'float8e4m3fn', 'fixed8q5', 'affine8', 'posit16es1', 'posit32es2'];
    expect(prose).toContain(`in GMAC/s: ${formats.map((name) => `${name} ${speedOf(name)}`).join(', ')}; `);
    expect(prose).toContain(
      `our bare int16 product ${speedOf('bare int16')}, float32 ${speedOf('bare float32')}, float64 ${speedOf('bare float64')}, onnxruntime-web's float32 ${speedOf('onnxruntime-web')}, onnxruntime-node's ${speedOf('onnxruntime-node')}.`,
    );
    const open = rows.find((row) => row.format === 'float8e4m3fn' && row.quantizer === 'linear')!;
    const parts = [open.packing_ms, open.product_ms, open.rounding_ms, open.repair_ms, open.rest_ms].map(
      Number,
    );
    const whole = parts.reduce((sum, part) => sum + part, 0);
    expect(Math.round(whole / Number(open.repair_ms))).toBe(7);
    expect(prose).toContain(
      `(${(100 * Number(open.share_float64)).toFixed(1)} % of the product above, whose repair takes a seventh of the time)`,
    );
  });

  it('names every format and network of the zoo that is slower than float32, with its ratio', () => {
    const tiny = ['mlp-tiny', 'conv1d-tiny'];
    const ranges = tiny.map((name) => rangeOf(onOneThread(name), 'per_float32_median', 2));
    expect(prose).toContain(`${ranges.join(' and ')} of float32`);
    const slow = zoo.filter(
      (row) =>
        row.threads === '1' &&
        !OTHERS.includes(row.format!) &&
        !tiny.includes(row.network!) &&
        Number(row.per_float32_median) < 1,
    );
    expect(slow.map(({ network, format, quantizer }) => `${network} ${format} ${quantizer}`).sort()).toEqual([
      'mobilenet-tiny float8e4m3fn linear',
      'mobilenet-tiny posit8es1 rounding',
      'resnet8 float8e4m3fn linear',
    ]);
    const linear = (network: string) => ratioOf(network, 'float8e4m3fn', 'linear');
    expect(prose).toContain(
      `**float8e4m3fn with linear scales** on \`mobilenet-tiny\` (${linear('mobilenet-tiny')}) and \`resnet8\` (${linear('resnet8')})`,
    );
    expect(prose).toContain(
      `posit8es1 without scales has ${ratioOf('mobilenet-tiny', 'posit8es1', 'rounding')} on \`mobilenet-tiny\``,
    );
  });

  it('has what rounding costs where it costs most', () => {
    const gemm = rowsOf('bench/gemm.csv');
    const narrow = gemm.filter(
      ({ shape, format, round_per_encode_median }) =>
        shape === '2048×256×784' && !/16|32/.test(format!) && Number(round_per_encode_median) > 3,
    );
    const isPow2 = ({ format }: Row): boolean => format === 'pow2val8';
    expect(prose).toContain(
      `by float32: ${Number(narrow.find(isPow2)!.round_per_encode_median).toFixed(1)} encodes.`,
    );
    const others = narrow.filter((row) => !isPow2(row));
    expect(new Set(others.map(({ format }) => format!.replace(/fn?$/, '')))).toEqual(
      new Set(['posit8es2', 'float8e4m3']),
    );
    expect(prose).toContain(`take ${rangeOf(others, 'round_per_encode_median', 1)}.`);
    const wide = gemm.filter(
      ({ shape, format, packing_ms }) =>
        shape === '1024×64×576' &&
        /16|32/.test(format!) &&
        !format!.startsWith('bare') &&
        packing_ms !== 'n/a',
    );
    const shares = wide.map((row) => {
      const parts = ['packing_ms', 'rounding_ms', 'repair_ms', 'product_ms', 'rest_ms'].map((part) =>
        Number(row[part]),
      );
      const [packing, rounding, repair] = parts;
      const own = packing! + rounding! + repair!;
      return { share: String((100 * own) / parts.reduce((sum, part) => sum + part, 0)) };
    });
    expect(prose).toContain(`a row: ${rangeOf(shares, 'share', 0)} % of their time`);
  });

  it('has the gain of two threads', () => {
    const short = rowsOf('bench/networks.csv').filter(
      ({ network, threads, format }) => network === 'lenet5' && threads === '2' && format !== 'float32',
    );
    expect(prose).toContain(`tens of milliseconds: ${rangeOf(short, 'per_one_thread_median', 1)} ×`);
    const long = zoo.filter(({ threads }) => threads === '2');
    expect(prose).toContain(`among them, have ${rangeOf(long, 'per_one_thread_median', 2)} ×`);
  });

  it('has the time of a start and of a refusal', () => {
    const light = rowsOf('bench/start.csv').filter(({ kind }) => kind === 'light');
    expect(prose).toContain(`take ${rangeOf(light, 'per_empty_median', 2)} × the processor time`);
    const limits = rowsOf('bench/limits.csv');
    const said = /refused within ([\d.]+) s and (\d+) MB/.exec(prose)!.slice(1).map(Number);
    for (const [at, column] of ['seconds', 'megabytes'].entries())
      for (const row of limits) expect(Number(row[column])).toBeLessThanOrEqual(said[at]!);
  });
});

describe('README.md', () => {
  it('has of LeNet-5 what the summary says', () => {
    const [, , worst, middle] = summary.find(([what]) => what!.startsWith('LeNet-5 in formats'))!;
    const [slowest, usual] = [worst, middle].map((cell) => Number.parseFloat(cell!).toFixed(2));
    expect(proseOf(textOf('README.md'))).toContain(
      `runs at ${usual} times the speed of our float32 inference, the slowest at ${slowest} (`,
    );
  });
});
