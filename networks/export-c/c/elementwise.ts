/** Steps in C that make a code from one code of each input. */
import type { CodeType, Rescale } from '../integers.js';
import { CLAMP, RESCALED } from './fixed-point.js';
import type { Snippet } from './snippet.js';

const JOIN: Snippet = {
  name: 'join',
  needs: [],
  text: `
/* Zero points, and the codes that the activation leaves. */
struct join {
  int32_t first_zero, second_zero, output_zero, least, most;
};`,
};

/** Types of both inputs and of the output. */
export type JoinTypes = readonly [first: CodeType, second: CodeType, output: CodeType];

function joinSnippet(kind: string, [first, second, output]: JoinTypes, rest: JoinBody): Snippet {
  const types = new Set([first, second, output]).size === 1 ? first : `${first}_${second}_${output}`;
  const name = `${kind}_${types}_${rest.rounding}`;
  const { snippet, struct } = RESCALED[rest.rounding];
  const { parameters, value } = rest.of(snippet.name, struct);
  const text = `
static void ${name}(const ${first}_t *a, const ${second}_t *b, ${output}_t *out, int32_t size,
    ${parameters}, const struct join *j) {
  int32_t i;
  for (i = 0; i < size; i++) {
    int32_t x = a[i] - j->first_zero, y = b[i] - j->second_zero;
${value}
    out[i] = (${output}_t)clamp(code + j->output_zero, j->least, j->most);
  }
}`;
  return { name, text, needs: [JOIN, CLAMP, snippet] };
}

interface JoinBody {
  readonly rounding: Rescale['rounding'];
  of(rescaled: string, struct: string): { readonly parameters: string; readonly value: string };
}

export function addSnippet(types: JoinTypes, rounding: 'twice' | 'once'): Snippet {
  return joinSnippet('add', types, {
    rounding,
    of: (rescaled, struct) => ({
      parameters: `const struct ${struct} *first, const struct ${struct} *second, const struct ${struct} *result`,
      value: `    int64_t left = ${rescaled}((int64_t)x * 1048576, first, 0);
    int64_t right = ${rescaled}((int64_t)y * 1048576, second, 0);
    int64_t code = ${rescaled}(left + right, result, 0);`,
    }),
  });
}

export function exactAddSnippet(types: JoinTypes): Snippet {
  return joinSnippet('add', types, {
    rounding: 'exact',
    of: (rescaled, struct) => ({
      parameters: `int64_t first, int64_t second, const struct ${struct} *result`,
      value: `    int64_t code = ${rescaled}(x * first + y * second, result, 0);`,
    }),
  });
}

export function multiplySnippet(types: JoinTypes, rounding: Rescale['rounding']): Snippet {
  return joinSnippet('multiply', types, {
    rounding,
    of: (rescaled, struct) => ({
      parameters: `const struct ${struct} *result`,
      value: `    int64_t code = ${rescaled}(x * y, result, 0);`,
    }),
  });
}

export function quantizeSnippet(input: CodeType, output: CodeType, rounding: Rescale['rounding']): Snippet {
  const { snippet, struct } = RESCALED[rounding];
  const name = `quantize_${input}_${output}_${rounding}`;
  const [least, most] = output === 'int8' ? ['INT8_MIN', 'INT8_MAX'] : ['0', 'UINT8_MAX'];
  const text = `
/* From the scale and zero point of one tensor to those of another. */
static void ${name}(const ${input}_t *in, ${output}_t *out, int32_t size, int32_t input_zero, int32_t output_zero,
    const struct ${struct} *rescale) {
  int32_t i;
  for (i = 0; i < size; i++) {
    int64_t code = ${snippet.name}(in[i] - input_zero, rescale, 0) + output_zero;
    out[i] = (${output}_t)clamp(code, ${least}, ${most});
  }
}`;
  return { name, text, needs: [CLAMP, snippet] };
}
