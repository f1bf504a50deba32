/** Figures of docs/integers.md that stand in tables of its own are those of the committed results. */
import { describe, expect, it } from 'vitest';
import { proseOf, type Row, rowsOf, tableOf, textOf } from './tables.js';

const page = textOf('docs', 'integers.md');

/** The accuracy in per cent of the one row that has these cells. */
function accuracyOf(rows: readonly Row[], cells: Row): string {
  const found = rows.filter((row) => Object.entries(cells).every(([column, cell]) => row[column] === cell));
  expect(found, JSON.stringify(cells)).toHaveLength(1);
  return (100 * Number(found[0]!.accuracy)).toFixed(2);
}

const INT8 = { dataflow: 'integer-tflite', granularity: 'channel' };
const UINT8 = { dataflow: 'integer-jacob' };

describe('docs/integers.md', () => {
  it('has the accuracies of results/integer-tables for both DCNNs on three sets', () => {
    const lines = tableOf(page, '| DCNN | data set |');
    expect(lines.map(([network, set]) => `${network}-${set}`)).toEqual(
      ['large', 'small'].flatMap((size) =>
        ['mnist', 'fashion-mnist', 'cifar-10'].map((set) => `dcnn-${size}-${set}`),
      ),
    );
    for (const [network, set, float, int8, uint8] of lines) {
      const rows = rowsOf(`integer-tables/${network}-${set}.csv`);
      expect([float, int8, uint8], `${network} ${set}`).toEqual([
        accuracyOf(rows, { dataflow: 'float' }),
        accuracyOf(rows, { ...INT8, requantize: 'gemmlowp' }),
        accuracyOf(rows, { ...UINT8, requantize: 'gemmlowp' }),
      ]);
    }
  });

  it('has in its sentences what these results and milliseconds say', () => {
    const text = proseOf(page);
    const networks = tableOf(page, '| DCNN | data set |').map(([network, set]) =>
      rowsOf(`integer-tables/${network}-${set}.csv`).filter(({ dataflow }) =>
        dataflow?.startsWith('integer-'),
      ),
    );
    const drops = networks.flat().map(({ drop }) => 100 * Number(drop));
    expect(drops).toHaveLength(72);
    expect(text).toContain(`${(-Math.min(...drops)).toFixed(2)} points gained`);
    expect(text).toContain(`${Math.max(...drops).toFixed(2)} lost`);
    const schemes = ['integer-jacob tensor', 'integer-tflite tensor', 'integer-tflite channel'];
    const spreads = networks.flatMap((rows) =>
      schemes.map((scheme) => {
        const alike = rows.filter(({ dataflow, granularity }) => `${dataflow} ${granularity}` === scheme);
        expect(alike).toHaveLength(4);
        const accuracies = alike.map(({ accuracy }) => 100 * Number(accuracy));
        return Math.max(...accuracies) - Math.min(...accuracies);
      }),
    );
    expect(text).toContain(`differ by ${Math.max(...spreads).toFixed(2)} points at most`);
    const measured = rowsOf('bench/latency.csv');
    const ratios = (arithmetic: string, to: string, network: RegExp): string[] => {
      const found = measured.filter((row) => row.arithmetic === arithmetic && network.test(row.network!));
      const all = found.map((row) => {
        const other = measured.find(
          (one) => one.network === row.network && one.dataset === row.dataset && one.arithmetic === to,
        )!;
        return Number(row.milliseconds_mean) / Number(other.milliseconds_mean);
      });
      return [Math.min(...all), Math.max(...all)].map((ratio) => ratio.toFixed(2));
    };
    const [[least, most], [leastOld, mostOld]] = ['int8', 'uint8'].map((ours) =>
      ratios(ours, 'float32', /dcnn/),
    );
    expect(text).toContain(
      `take ${least! < leastOld! ? least : leastOld} to ${most! > mostOld! ? most : mostOld} of`,
    );
    const small = ratios('int8', 'float32', /conv1d/).map((ratio) => Number(ratio).toFixed(1));
    expect(text).toContain(`${small[0]} times as much on \`conv1d-tiny\``);
    const theirs = ratios('onnxruntime int8', 'onnxruntime float32', /dcnn/);
    expect(text).toContain(`takes ${theirs.map((ratio) => Number(ratio).toFixed(1)).join(' to ')} times`);
  });

  it('has those of conv1d-tiny, a line a training', () => {
    const lines = tableOf(page, '| conv1d-tiny |');
    expect(lines).toHaveLength(3);
    for (const [at, [, float, twice, once, uint8]] of lines.entries()) {
      const rows = rowsOf(`integer-tables/conv1d-tiny-mnist-14${at === 0 ? '' : `-${at}`}.csv`);
      expect([float, twice, once, uint8]).toEqual([
        accuracyOf(rows, { dataflow: 'float' }),
        accuracyOf(rows, { ...INT8, requantize: 'gemmlowp' }),
        accuracyOf(rows, { ...INT8, requantize: 'single' }),
        accuracyOf(rows, { ...UINT8, requantize: 'gemmlowp' }),
      ]);
    }
  });

  it('has the milliseconds of results/bench/latency.csv', () => {
    const measured = rowsOf('bench/latency.csv');
    const lines = tableOf(page, '| milliseconds an image |');
    expect(lines).toHaveLength(7);
    for (const [network, set, ...cells] of lines) {
      const of = (arithmetic: string): string => {
        const row = measured.find(
          (one) => one.network === network && one.dataset === set && one.arithmetic === arithmetic,
        )!;
        const rounded = (cell: string, digits: number) => Number(cell).toPrecision(digits);
        return `${rounded(row.milliseconds_mean!, 3)} ± ${rounded(row.milliseconds_deviation!, 2)}`;
      };
      const names = ['float32', 'int8', 'uint8', 'onnxruntime float32', 'onnxruntime int8'];
      expect(cells.slice(0, names.length), `${network} ${set}`).toEqual(names.map(of));
    }
  });
});
