import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import yargs from 'yargs';
import { dataCommand } from '../../cli/data.js';
import { picture } from '../../cli/data-show.js';
import type { DatasetEntry } from '../../datasets/inventory.js';
import { temporaryFolder } from '../datasets/made.js';

let printed: string[] = [];

beforeEach(() => {
  printed = [];
  vi.spyOn(console, 'log').mockImplementation((text) => {
    printed.push(String(text));
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

async function run(...words: string[]): Promise<string> {
  await yargs()
    .command(dataCommand)
    .strict()
    .exitProcess(false)
    .fail((message, error) => {
      throw error ?? new Error(message);
    })
    .parseAsync(words);
  return printed.join('\n');
}

describe('cheetah data list', () => {
  it('says of every set whether it is there, and what to do when not', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'iris.csv'), '6,1,a,b\n1,0\n2,0\n3,1\n4,1\n5,0\n6,1\n');
    writeFileSync(join(folder, 'wine_data.csv'), '2,1,a,b\n1,0\nNaN,1\n');
    const entries: DatasetEntry[] = JSON.parse(await run('data', 'list', '--data', folder, '--json'));
    const states = Object.fromEntries(entries.map(({ name, state }) => [name, state]));
    expect(states).toEqual({
      strokes: 'built-in',
      mnist: 'absent',
      'fashion-mnist': 'absent',
      'cifar-10': 'absent',
      'mnist-14': 'absent',
      iris: 'found',
      'breast-cancer': 'absent',
      wine: 'damaged',
      digits: 'absent',
    });
    const iris = entries.find(({ name }) => name === 'iris')!;
    expect(iris.files).toEqual([join(folder, 'iris.csv')]);
    expect(iris.content).toMatchObject({ train: 4, test: 2, shape: [1], classes: ['a', 'b'] });
    expect(entries.find(({ name }) => name === 'wine')!.problem).toMatch(/row 3, column 1: 'NaN'/);
    expect(entries.find(({ name }) => name === 'mnist')!.problem).toMatch(/cheetah data fetch mnist/);
  });

  it('prints the same for people', async () => {
    const text = await run('data', 'list', '--data', temporaryFolder());
    expect(text).toMatch(/^strokes {8}built-in {2}Generated/);
    expect(text).toContain('8000 training + 2000 test, 28×28×1, 10 classes');
    expect(text).toMatch(/^mnist +absent/m);
  });
});

describe('cheetah data fetch', () => {
  it('refuses what it cannot fetch, and an address where nobody answers', async () => {
    await expect(run('data', 'fetch', 'mnits', '--to', temporaryFolder())).rejects.toThrow(
      /can fetch mnist, fashion-mnist, cifar-10, mnist-14; did you mean mnist/,
    );
    const nobody = ['--to', temporaryFolder(), '--from', 'http://127.0.0.1:1'];
    vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    await expect(run('data', 'fetch', 'mnist', ...nobody)).rejects.toThrow(
      /^train-images-idx3-ubyte\.gz could not be fetched/,
    );
  });
});

describe('cheetah data show', () => {
  it('prints images under index and class', async () => {
    const text = await run('data', 'show', 'strokes', '--first', '7999', '--count', '3', '--no-colour');
    const lines = text.split('\n');
    expect(lines[0]).toMatch(/^train 7999: \d$/);
    expect(lines.length).toBe(1 + 14);
    expect(lines.slice(1).every((line) => line.length === 28)).toBe(true);
    expect(lines.slice(1).join('')).toMatch(/[#%@*]/);
  });

  it('prints rows of a table as numbers', async () => {
    const path = join(temporaryFolder(), 'x.csv');
    writeFileSync(path, '1,5,a\n2,5,b\n3,5,a\n4,5,b\n5,5,a\n6,5,b\n');
    expect(await run('data', 'show', path, '--count', '1')).toMatch(/^train 0: [ab]\n-?\d\.\d{3} {2}0\.000$/);
    printed = [];
    const [row] = JSON.parse(await run('data', 'show', path, '--count', '1', '--json'));
    expect(row).toMatchObject({ split: 'train', index: 0, shape: [2] });
    expect(row.values[1]).toBe(0);
  });

  it('gives pixels as JSON', async () => {
    const shown = JSON.parse(await run('data', 'show', 'strokes', '--count', '2', '--json'));
    expect(shown.map(({ index }: { index: number }) => index)).toEqual([0, 1]);
    expect(shown[0].values).toHaveLength(28 * 28);
    expect(Math.max(...shown[0].values)).toBeGreaterThan(100);
  });

  it('refuses indices outside the split', async () => {
    await expect(run('data', 'show', 'strokes', '--first', '8000')).rejects.toThrow(/train images 0\.\.7999/);
    await expect(run('data', 'show', 'strokes', '--count', '0')).rejects.toThrow(/at least 1/);
  });

  it('paints two pixel rows as one row of blocks', () => {
    const split = { count: 1, labels: Uint8Array.of(0), raw: Uint8Array.of(1, 2, 3, 4, 5, 6) };
    const content = { shape: [2, 1, 3], classes: ['a'], train: split, test: split };
    const dataset = { name: 'x', mean: [0, 0, 0], std: [1, 1, 1], checksum: '', ...content };
    expect(picture(dataset, split, 0, 'colour')).toEqual(['\u001b[38;2;1;2;3m\u001b[48;2;4;5;6m▀\u001b[0m']);
  });
});
