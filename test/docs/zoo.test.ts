/** Figures of docs/zoo.md that stand outside of its console blocks are those of the committed results and weights. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadModel } from '../../networks/files/model.js';
import { lower } from '../../networks/lower.js';
import type { MacStep } from '../../networks/program.js';
import { listNetworks } from '../../networks/zoo/registry.js';
import { compareRows } from '../../report/compare.js';
import { proseOf, type Row, rowsOf, tableOf, textOf } from './tables.js';

const page = textOf('docs', 'zoo.md');
const folder = join(import.meta.dirname, '../../results/zoo');
const files = readdirSync(folder).filter((name) => name.endsWith('.summary.csv'));
const rows = files.flatMap((file) => rowsOf(`zoo/${file}`));

/** As the page's table and figure name it: of fixed point the fraction bits are chosen, or a scale takes their place. */
function nameOf({ family, format, weights, activations }: Row): string {
  if (family === 'fixed') return 'fixed8';
  return weights === activations ? format! : `${weights}/${activations}`;
}

const COLUMNS = [
  ['rounding', 'n/a', 'tensor'],
  ['linear', 'real', 'tensor'],
  ['linear', 'real', 'channel'],
  ['linear', 'pow2', 'tensor'],
  ['linear', 'pow2', 'channel'],
] as const;

const percent = (share: string | undefined): number => 100 * Number(share);

async function layersOf(weights: string): Promise<MacStep[]> {
  const { network, parameters } = await loadModel(weights);
  return lower(network, parameters).steps.filter((step) => step.kind === 'mac');
}

/** What is said of posit6es1 against float6e3m2f, both with `choices`, by network on CIFAR-10. */
function verdictsOf(choices: string): Readonly<Record<string, string>> {
  const points = ['posit6es1', 'float6e3m2f'].map((format) => `${format},${choices}`);
  const networks = new Set(rows.filter((row) => row.dataset === 'cifar-10').map(({ network }) => network!));
  return Object.fromEntries(
    [...networks].map((name) => [
      name,
      compareRows(join(folder, `${name}-cifar-10.csv`), points, 0.005)[0]!.verdict,
    ]),
  );
}

describe('docs/zoo.md', () => {
  it('is of every network of the zoo', () => {
    expect(files).toHaveLength(17);
    expect(new Set(rows.map(({ network }) => network))).toEqual(
      new Set(listNetworks().map(({ name }) => name)),
    );
  });

  it('has in its table on how many networks each format loses, and how much at most', () => {
    const many = rows.filter((row) => row.test_images === '10000' && row.dataflow === 'emac');
    expect(new Set(many.map(({ network, dataset }) => `${network}-${dataset}`)).size).toBe(15);
    const cells = new Map(tableOf(page, '| format |').map(([name, ...rest]) => [name!, rest]));
    expect([...cells.keys()]).toEqual([...new Set(many.map(nameOf))]);
    for (const [name, shown] of cells) {
      const wanted = COLUMNS.map(([quantizer, scales, granularity]) => {
        const some = many.filter(
          (row) =>
            nameOf(row) === name &&
            row.quantizer === quantizer &&
            row.scales === scales &&
            row.granularity === granularity,
        );
        if (some.length === 0) return '–';
        const worse = some.filter(({ verdict }) => verdict!.startsWith('worse')).length;
        const most = Math.max(...some.map(({ drop }) => percent(drop)));
        return `${worse}: ${most.toFixed(2)}`;
      });
      expect(shown, name).toEqual(wanted);
    }
  });

  it('says of integers of 8 bits with scales that half a point is ruled out everywhere', () => {
    const integers = rows.filter(
      (row) =>
        row.test_images === '10000' &&
        row.quantizer === 'linear' &&
        ['fixed', 'affine', 'mixed', 'pow2int'].includes(row.family!),
    );
    expect(integers.length).toBeGreaterThan(100);
    expect(new Set(integers.map(({ verdict }) => verdict))).toEqual(new Set(['no worse by 0.5']));
  });

  it('says what 6 bits lose on CIFAR-10', () => {
    const lossOf = (networks: (name: string) => boolean): [string, string] => {
      const some = rows.filter(
        (row) =>
          row.dataset === 'cifar-10' &&
          row.quantizer === 'linear' &&
          row.bits === '6' &&
          networks(row.network!),
      );
      expect(new Set(some.map(({ verdict }) => verdict))).toEqual(new Set(['worse']));
      const drops = some.map(({ drop }) => percent(drop));
      return [Math.min(...drops).toFixed(1), Math.max(...drops).toFixed(1)];
    };
    const [resnet, mobilenet] = ['resnet8', 'mobilenet-tiny'];
    expect(lossOf((name) => name !== resnet && name !== mobilenet)).toEqual(['0.6', '2.5']);
    expect(lossOf((name) => name === resnet)).toEqual(['2.3', '3.0']);
    expect(lossOf((name) => name === mobilenet)).toEqual(['2.7', '4.9']);
    expect(proseOf(page)).toContain(
      '0.6 to 2.5 points on four of them, 2.3 to 3.0 on `resnet8`, 2.7 to 4.9 on `mobilenet-tiny`',
    );
  });

  it('says where a posit of 6 bits is better than a float without scales', () => {
    const { 'dcnn-small': exception, ...others } = verdictsOf('rounding');
    expect(Object.values(others)).toEqual(new Array(5).fill('better'));
    expect(exception).not.toMatch(/^(better|worse)/);
  });

  it('says where one of them is better with real scales, one a tensor', () => {
    const { resnet8, ...others } = verdictsOf('scales=real,granularity=tensor');
    expect(resnet8).toBe('worse');
    expect(Object.values(others)).toHaveLength(5);
    for (const verdict of Object.values(others)) expect(verdict).not.toMatch(/^(better|worse)/);
  });

  it('says how many weights of dcnn-large a float of 6 bits makes 0', async () => {
    for (const weights of ['dcnn-large-fashion-mnist', 'dcnn-large-cifar-10']) {
      const dense = (await layersOf(weights)).find(({ name }) => name === 'dense1')!;
      const zeros = dense.weights.filter((weight) => Math.abs(weight) <= 1 / 32).length;
      expect(((100 * zeros) / dense.weights.length).toFixed(0), weights).toBe('97');
    }
  });

  it('says how far apart the channels of depthwise layers are', async () => {
    const layers = (await layersOf('mobilenet-tiny-cifar-10')).filter(({ groups }) => groups > 1);
    expect(layers).toHaveLength(6);
    for (const { name, weights, outChannels, k } of layers) {
      const largest = Array.from({ length: outChannels }, (_, channel) =>
        Math.max(...weights.subarray(channel * k, (channel + 1) * k).map(Math.abs)),
      );
      expect(Math.min(...largest) / Math.max(...largest), name).toBeGreaterThan(1 / 8);
    }
  });
});
