/** What every C file of a network has: a comment that says what codes mean, functions, constants, memory, the function to call, a main. */
import { arenaOf, type Placed } from '../arena.js';
import { Constants, ELEMENT_BYTES, type ElementType, typeOf } from './arrays.js';
import { commentOf, identifiersOf } from './identifiers.js';
import { inOrder, type StepText } from './snippet.js';

export interface CProgram {
  readonly text: string;
  /** Bytes of weights, biases, multipliers, shifts, tables and thresholds. */
  readonly constantBytes: number;
  /** Bytes of the tensors between steps; inputs and outputs are the caller's. */
  readonly arenaBytes: number;
}

/** A network as far as its frame is concerned; tensors between steps are bytes, or all of 16 bits. */
export interface Framed extends Placed {
  readonly tensors: readonly { readonly size: number; readonly type: ElementType }[];
  readonly steps: readonly {
    readonly name: string;
    readonly kind: string;
    readonly inputs: readonly number[];
    readonly output: number;
  }[];
}

export interface Words {
  /** The first line of the file, ASCII. */
  readonly title: string;
  /** What the codes of a tensor mean. */
  told(tensor: number): string;
  /** `layer` begins the names of the constants of step `index`; `pointer` tells a tensor's name in C. */
  step(index: number, constants: Constants, layer: string, pointer: (tensor: number) => string): StepText;
}

/** `name` begins the names of what the file shows to others: an identifier of C. The text is ASCII, the same for the same network. */
export function framed(network: Framed, name: string, words: Words): CProgram {
  const constants = new Constants();
  const arena = arenaOf(network);
  const layers = identifiersOf(network.steps.map((step) => step.name));
  const pointers = new Map<number, string>();
  for (const [i, { output }] of network.steps.entries()) pointers.set(output, `${layers[i]!}_tensor`);
  const list = (what: string, tensors: readonly number[]): readonly string[] =>
    tensors.map((tensor, i) => {
      const pointer = tensors.length === 1 ? what : `${what}_${i}`;
      pointers.set(tensor, pointer);
      return pointer;
    });
  const [inputs, outputs] = [list('input', network.inputs), list('output', network.outputs)];
  const steps = network.steps.map((step, i): StepText => {
    constants.lines.push('', `/* ${commentOf(step.name)}: ${step.kind} */`);
    return words.step(i, constants, layers[i]!, (tensor) => pointers.get(tensor)!);
  });
  const cell = cellOf(network, [...arena.places.keys()]);
  const locals = [...arena.places]
    .sort(([a], [b]) => a - b)
    .map(([tensor, place]) => {
      const type = typeOfTensor(network, tensor);
      return `  ${type} *const ${pointers.get(tensor)!} = (${type} *)(arena + ${place});`;
    });
  const parameters = [
    ...inputs.map((pointer, i) => `const ${typeOfTensor(network, network.inputs[i]!)} *${pointer}`),
    ...outputs.map((pointer, i) => `${typeOfTensor(network, network.outputs[i]!)} *${pointer}`),
  ].join(', ');
  const { bytes: constantBytes } = constants;
  const arenaBytes = arena.cells * ELEMENT_BYTES[cell];
  const text = [
    header(network, name, words, constantBytes, arenaBytes),
    '#include <stdint.h>',
    `void ${name}_run(${parameters});`,
    ...inOrder(steps.flatMap(({ snippets }) => snippets)),
    constants.lines.join('\n').trim(),
    ...(arena.cells === 0 ? [] : [`static ${typeOf(cell)} arena[${arena.cells}];`]),
    [
      `void ${name}_run(${parameters}) {`,
      ...locals,
      ...steps.flatMap(({ calls }) => calls.map((call) => `  ${call}`)),
      '}',
    ].join('\n'),
    mainText(network, name),
  ];
  return { text: `${text.join('\n\n')}\n`, constantBytes, arenaBytes };
}

/** What the arena is made of, so that what lies in it is aligned. */
function cellOf({ tensors }: Framed, placed: readonly number[]): 'uint8' | 'int16' {
  return placed.some((at) => tensors[at]!.type === 'int16') ? 'int16' : 'uint8';
}

const typeOfTensor = ({ tensors }: Framed, at: number): string => typeOf(tensors[at]!.type);

function header(network: Framed, name: string, words: Words, constants: number, arena: number): string {
  return [
    `/* ${words.title}; written by cheetah export-c.`,
    ' *',
    ...network.inputs.map((at) => ` * input : ${words.told(at)}`),
    ...network.outputs.map((at) => ` * output: ${words.told(at)}`),
    ` * Constants ${constants} bytes, arena ${arena} bytes; not reentrant where there is an arena.`,
    ' *',
    ` * cc -std=c99 -O2 -c ${name}.c                             a function ${name}_run to link`,
    ` * cc -std=c99 -O2 -DCHEETAH_MAIN ${name}.c -o ${name}      reads records of codes, writes those of the outputs`,
    ' */',
  ].join('\n');
}

/** Records from stdin to stdout, until none is left. */
function mainText({ tensors, inputs, outputs }: Framed, name: string): string {
  const array = (what: string) => (at: number, i: number) =>
    `  static ${typeOf(tensors[at]!.type)} ${what}_${i}[${tensors[at]!.size}];`;
  const names = [...inputs.map((_, i) => `input_${i}`), ...outputs.map((_, i) => `output_${i}`)];
  const reads = inputs.map(
    (_, i) => `    if (fread(input_${i}, 1, sizeof input_${i}, stdin) != sizeof input_${i}) return 0;`,
  );
  const writes = outputs.map(
    (_, i) => `    if (fwrite(output_${i}, 1, sizeof output_${i}, stdout) != sizeof output_${i}) return 1;`,
  );
  return [
    '#ifdef CHEETAH_MAIN',
    '#include <stdio.h>',
    '',
    'int main(void) {',
    ...inputs.map(array('input')),
    ...outputs.map(array('output')),
    '  for (;;) {',
    ...reads,
    `    ${name}_run(${names.join(', ')});`,
    ...writes,
    '  }',
    '}',
    '#endif',
  ].join('\n');
}
