/** The TypeScript interface of the WebAssembly modules, written from the signatures of their AssemblyScript sources. */
import { join } from 'node:path';
import { type Signature, signaturesOf } from './signatures.js';

/** The modules: the entry each is compiled from, and what their calls are called. */
export const MODULES = [
  { entry: 'index', name: 'KernelCalls', doc: 'The kernels every engine runs.' },
  { entry: 'relaxed', name: 'RelaxedCalls', doc: 'The kernels of engines with relaxed SIMD.' },
] as const;

const HEAD = `// Written by npm run build:wasm from kernels/assembly; changes belong there.
import type { Integer, Pointer, Real } from './units.js';
`;

const PARAMETERS: Readonly<Record<string, string>> = {
  i32: 'Integer',
  u32: 'Integer',
  usize: 'Pointer',
  f32: 'Real',
  f64: 'Real',
};
const RESULTS: Readonly<Record<string, string>> = {
  void: 'void',
  i32: 'number',
  f32: 'number',
  f64: 'number',
};

/** The text of kernels/calls.ts for the sources under `root`. */
export function interfaceText(root: string): string {
  const interfaces = MODULES.map(({ entry, name, doc }) => {
    const signatures = signaturesOf(join(root, 'kernels/assembly'), entry);
    return `\n/** ${doc} */\nexport interface ${name} {\n${signatures.map(member).join('\n')}}\n`;
  });
  return HEAD + interfaces.join('');
}

function member(
  { name, file, doc, parameters, result }: Signature,
  at: number,
  all: readonly Signature[],
): string {
  const source = all[at - 1]?.file === file ? '' : `  // ${file}.ts\n\n`;
  const lines = doc === '' ? '' : `  ${doc}\n`;
  const list = parameters.map((one) => `${one.name}: ${known(PARAMETERS, one.type, name)}`).join(', ');
  return `${source}${lines.replace(/\n(?= \*)/g, '\n  ')}  readonly ${name}: (${list}) => ${known(RESULTS, result, name)};\n`;
}

function known(types: Readonly<Record<string, string>>, type: string, name: string): string {
  const found = types[type];
  if (!found) throw new Error(`${name}: a kernel's ${type} is no number of TypeScript`);
  return found;
}
