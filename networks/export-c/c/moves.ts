/** Steps in C that move codes, or look each up. */
import { type CodeType, MOST_AXES } from '../integers.js';
import type { Snippet } from './snippet.js';

export function copySnippet(type: CodeType): Snippet {
  const name = `copy_${type}`;
  const text = `
static void ${name}(const ${type}_t *in, ${type}_t *out, int32_t size) {
  int32_t i;
  for (i = 0; i < size; i++) out[i] = in[i];
}`;
  return { name, text, needs: [] };
}

export function tableSnippet(input: CodeType, output: CodeType): Snippet {
  const name = `look_up_${input}_${output}`;
  const text = `
static void ${name}(const ${input}_t *in, ${output}_t *out, int32_t size, const ${output}_t *table) {
  int32_t i;
  for (i = 0; i < size; i++) out[i] = table[in[i] - ${input === 'int8' ? 'INT8_MIN' : '0'}];
}`;
  return { name, text, needs: [] };
}

const PICK: Snippet = {
  name: 'pick',
  needs: [],
  text: `
/* For each axis of the output the index in the input's, -1 for none; extents of both. */
struct pick {
  const int32_t *axes[${MOST_AXES}];
  int32_t extents[${MOST_AXES}];
  int32_t in_extents[${MOST_AXES}];
  int32_t zero;
};`,
};

export function pickSnippet(type: CodeType): Snippet {
  const name = `pick_${type}`;
  const text = `
static void ${name}(const ${type}_t *in, ${type}_t *out, int32_t size, const struct pick *p) {
  int32_t i, axis;
  for (i = 0; i < size; i++) {
    int32_t rest = i, stride = 1, place = 0, outside = 0;
    for (axis = ${MOST_AXES - 1}; axis >= 0; axis--) {
      int32_t index = p->axes[axis][rest % p->extents[axis]];
      rest /= p->extents[axis];
      if (index < 0) outside = 1;
      place += index * stride;
      stride *= p->in_extents[axis];
    }
    out[i] = outside ? (${type}_t)p->zero : in[place];
  }
}`;
  return { name, text, needs: [PICK] };
}
