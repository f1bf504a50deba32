import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { faultOf } from '../../platform/fault-text.js';

const coded = (code: string, more: object = {}): Error => Object.assign(new Error('m'), { code, ...more });

describe('faultOf', () => {
  it.each([
    [new UserError('give a name'), /^give a name$/],
    [coded('EMFILE', { path: 'x' }), /^too many files are open; allow more \(ulimit -n\)$/],
    [coded('ERR_WORKER_OUT_OF_MEMORY'), /^a worker ran out of memory; start fewer workers/],
    [new RangeError('WebAssembly.Memory(): could not allocate memory'), /^there is too little memory/],
    [coded('EACCES', { path: 'a\nb' }), /^a\\nb cannot be used \(m\); check its place and your rights$/],
  ])('knows %s', (error, text) => {
    expect(faultOf(error)).toMatchObject({ kind: 'known', text: expect.stringMatching(text) as unknown });
  });

  it('tells anything else in one line, with the last two names of the place it comes from', () => {
    const { kind, text } = faultOf(new Error('first\nsecond'));
    expect(kind).toBe('internal');
    expect(text).toMatch(/^internal error: first \(platform\/fault-text\.test\.ts:\d+\)$/);
  });

  it.each([
    undefined,
    'text',
    {
      toString: () => {
        throw new Error('no');
      },
    },
    Symbol('s'),
  ])('takes what is no error: %#', (thrown) => {
    expect(faultOf(thrown).text).toMatch(/^internal error: [^\n]+$/);
  });
});
