import { describe, expect, it } from 'vitest';
import { missingFrom, shownIn } from './console.js';

const block = (text: string, kind = 'console'): string =>
  `Words.\n\n\`\`\`${kind}\n${text}\n\`\`\`\n\nMore.\n`;

describe('commands in a page', () => {
  it('come with their outputs, several in a block, over several lines', () => {
    const text =
      '$ npx cheetah formats posit8es1  \na  b \n\n…\nc\n$ npx cheetah best x.csv \\\n    --by bits\n';
    expect(shownIn(block(text) + block('1', 'json') + block('$ npx cheetah --version\n0.1.0'))).toEqual([
      { command: 'npx cheetah formats posit8es1', output: ['a  b', '', '…', 'c'] },
      { command: 'npx cheetah best x.csv --by bits', output: [] },
      { command: 'npx cheetah --version', output: ['0.1.0'] },
    ]);
  });

  it.each([
    ['a block without one', block('a\nb'), /no command begins/],
    ['output before it', block('a\n$ npx cheetah --version'), /no command begins/],
    ['another program', block('$ rm -r results'), /does not run 'rm/],
    ['a block that is not run', block('npx cheetah --version', 'sh'), /nothing runs/],
  ])('are not %s', (_, page, message) => {
    expect(() => shownIn(page)).toThrow(message);
  });
});

describe('an output', () => {
  const WRITTEN = 'one\ntwo  \nthree\nfour\ntwo\n\n';

  it.each([
    ['the whole', ['one', 'two', 'three', 'four', 'two']],
    ['its beginning', ['one', 'two', '…']],
    ['its end', ['…', 'four', 'two']],
    ['its end, which is also in the middle', ['…', 'two']],
    ['both', ['one', '…', 'two']],
    ['parts of it in order', ['…', 'two', '…', 'four', '…']],
    ['anything', ['…']],
    ['all of it around nothing', ['one', 'two', '…', 'three', 'four', 'two']],
  ])('has %s', (_, shown) => {
    expect(missingFrom(shown, WRITTEN)).toBeUndefined();
  });

  it.each([
    ['no other line', ['one', 'two', 'three', 'four', 'five'], ['one', 'two', 'three', 'four', 'five']],
    ['no more than is shown', ['one', 'two'], ['one', 'two']],
    [
      'no less',
      ['one', 'two', 'three', 'four', 'two', 'five'],
      ['one', 'two', 'three', 'four', 'two', 'five'],
    ],
    ['something, where nothing is shown', [], []],
    ['no other beginning', ['two', '…'], ['two']],
    ['no other end', ['…', 'four'], ['four']],
    ['no other order', ['…', 'four', '…', 'three', '…'], ['three']],
    ['no line twice', ['…', 'four', '…', 'four', '…'], ['four']],
    ['no lines that are not together', ['…', 'one', 'three', '…'], ['one', 'three']],
    [
      'no line that is both its beginning and its end',
      ['one', 'two', 'three', 'four', '…', 'four', 'two'],
      ['four', 'two'],
    ],
  ])('has %s', (_, shown, missing) => {
    expect(missingFrom(shown, WRITTEN)).toEqual(missing);
  });

  it('of nothing is nothing', () => {
    expect(missingFrom([], '\n')).toBeUndefined();
    expect(missingFrom(['one'], '')).toEqual(['one']);
  });
});
