/** A whole C99 file of an exported network. */
import { arenaOf } from '../arena.js';
import type { ExportedNetwork, ExportedTensor } from '../integers.js';
import { Constants, typeOf } from './arrays.js';
import { commentOf, identifiersOf } from './identifiers.js';
import { inOrder } from './snippet.js';
import { type StepText, stepText } from './step.js';

export interface CProgram {
  readonly text: string;
  /** Bytes of weights, biases, multipliers and shifts. */
  readonly constantBytes: number;
  /** Bytes of the tensors between steps; inputs and outputs are the caller's. */
  readonly arenaBytes: number;
}

/** `name` begins the names of what the file shows to others: an identifier of C. The text is ASCII, the same for the same network. */
export function cProgram(network: ExportedNetwork, name: string): CProgram {
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
    return stepText(step, network, constants, layers[i]!, (tensor) => pointers.get(tensor)!);
  });
  const locals = [...arena.places]
    .sort(([a], [b]) => a - b)
    .map(([tensor, place]) => {
      const type = typeOf(network.tensors[tensor]!.type);
      return `  ${type} *const ${pointers.get(tensor)!} = (${type} *)(arena + ${place});`;
    });
  const parameters = [
    ...inputs.map((pointer, i) => `const ${typeOfTensor(network, network.inputs[i]!)} *${pointer}`),
    ...outputs.map((pointer, i) => `${typeOfTensor(network, network.outputs[i]!)} *${pointer}`),
  ].join(', ');
  const { bytes: constantBytes } = constants;
  const text = [
    header(network, name, constantBytes, arena.bytes),
    '#include <stdint.h>',
    `void ${name}_run(${parameters});`,
    ...inOrder(steps.flatMap(({ snippets }) => snippets)),
    constants.lines.join('\n').trim(),
    ...(arena.bytes === 0 ? [] : [`static uint8_t arena[${arena.bytes}];`]),
    [
      `void ${name}_run(${parameters}) {`,
      ...locals,
      ...steps.flatMap(({ calls }) => calls.map((call) => `  ${call}`)),
      '}',
    ].join('\n'),
    mainText(network, name),
  ];
  return { text: `${text.join('\n\n')}\n`, constantBytes, arenaBytes: arena.bytes };
}

const typeOfTensor = ({ tensors }: ExportedNetwork, at: number): string => typeOf(tensors[at]!.type);

function header(network: ExportedNetwork, name: string, constants: number, arena: number): string {
  const { tensors, source, requantize } = network;
  const told = (what: string, at: number): string => {
    const { type, shape, size, scale, zeroPoint } = tensors[at] as ExportedTensor;
    return ` * ${what}: ${size} codes ${type} [${shape.join(', ')}], real = ${scale} * (code - ${zeroPoint})`;
  };
  return [
    `/* ${commentOf(source)} in integers alone, requantization ${requantize}; written by cheetah export-c.`,
    ' *',
    ...network.inputs.map((at) => told('input ', at)),
    ...network.outputs.map((at) => told('output', at)),
    ` * Constants ${constants} bytes, arena ${arena} bytes; not reentrant where there is an arena.`,
    ' *',
    ` * cc -std=c99 -O2 -c ${name}.c                             a function ${name}_run to link`,
    ` * cc -std=c99 -O2 -DCHEETAH_MAIN ${name}.c -o ${name}      reads records of codes, writes those of the outputs`,
    ' */',
  ].join('\n');
}

/** Records from stdin to stdout, until none is left. */
function mainText({ tensors, inputs, outputs }: ExportedNetwork, name: string): string {
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
