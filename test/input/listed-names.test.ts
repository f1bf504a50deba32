import { expect, it } from 'vitest';
import { listedNames } from '../../input/listed-names.js';

it.each([
  ['posit8es1', ['posit8es1']],
  ['posit8es1,int8', ['posit8es1', 'int8']],
  ['posit<8,1>,fp16, posit(8, 2)', ['posit<8,1>', 'fp16', 'posit(8, 2)']],
  ['bf16,,', ['bf16', '', '']],
])('%s is %j', (text, names) => {
  expect(listedNames(text)).toEqual(names);
});
