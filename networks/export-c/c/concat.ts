/** Blocks of codes of one input among those of others, in C. */
import type { CodeType } from '../integers.js';
import type { Snippet } from './snippet.js';

/** `same`: the codes are those of the output; `table`: they are looked up, by how far they lie above the least. */
export function concatSnippet(input: CodeType, output: CodeType, codes: 'same' | 'table'): Snippet {
  const name = `concat_${input === output ? input : `${input}_${output}`}_${codes}`;
  const least = input === 'int8' ? 'INT8_MIN' : '0';
  const [parameter, code] =
    codes === 'same' ? ['', '*in++'] : [`, const ${output}_t *table`, `table[*in++ - ${least}]`];
  const text = `
/* Blocks of length codes, each at the same place of its whole. */
static void ${name}(const ${input}_t *in, ${output}_t *out, int32_t blocks, int32_t length, int32_t whole${parameter}) {
  int32_t block, i;
  for (block = 0; block < blocks; block++) {
    for (i = 0; i < length; i++) out[block * whole + i] = ${code};
  }
}`;
  return { name, text, needs: [] };
}
