/** What the entry of a WebAssembly module exports, read from its AssemblyScript sources. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ExportStatement,
  FunctionDeclaration,
  NamedTypeNode,
  newOptions,
  newProgram,
  nextFile,
  parse,
  type Source,
  type TypeNode,
} from 'assemblyscript';

export interface Signature {
  readonly name: string;
  /** The source it stands in, without folder and ending. */
  readonly file: string;
  /** Its doc comment as it stands there; empty where it has none. */
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
  readonly result: string;
}

/**
 * Signatures of the functions that `entry`, in the folder `assembly`, exports from other files: file by file as it
 * names them first, in a file in the order of its text. Throws Error for a name that no function has.
 */
export function signaturesOf(assembly: string, entry: string): Signature[] {
  const exported = new Map<string, Set<string>>();
  for (const statement of parsed(assembly, entry).statements) {
    if (!(statement instanceof ExportStatement)) continue;
    const file = statement.path!.value.replace('./', '');
    const names = exported.get(file) ?? new Set();
    for (const member of statement.members!) names.add(member.localName.text);
    exported.set(file, names);
  }
  return [...exported].flatMap(([file, names]) => functionsOf(assembly, file, names));
}

function functionsOf(assembly: string, file: string, names: ReadonlySet<string>): Signature[] {
  const source = parsed(assembly, file);
  const found = source.statements.filter(
    (statement) => statement instanceof FunctionDeclaration && names.has(statement.name.text),
  ) as FunctionDeclaration[];
  if (found.length !== names.size) {
    const known = new Set(found.map(({ name }) => name.text));
    const missing = [...names].filter((name) => !known.has(name));
    throw new Error(`${file}.ts has no function ${missing.join(', ')}`);
  }
  return found.map((declaration) => ({
    name: declaration.name.text,
    file,
    doc: docBefore(source.text, declaration.range.start),
    parameters: declaration.signature.parameters.map(({ name, type }) => ({
      name: name.text,
      type: typeName(type),
    })),
    result: typeName(declaration.signature.returnType),
  }));
}

/** One file's syntax; nothing it imports is read. */
function parsed(assembly: string, file: string): Source {
  const program = newProgram(newOptions());
  const path = `${file}.ts`;
  parse(program, readFileSync(join(assembly, path), 'utf8'), path, true);
  while (nextFile(program) !== null);
  return program.sources.find(({ normalizedPath }) => normalizedPath === path)!;
}

function typeName(type: TypeNode): string {
  if (!(type instanceof NamedTypeNode)) throw new Error('kernels take and return numbers only');
  return type.name.identifier.text;
}

/** The doc comment that ends where `export` or the function begins. */
function docBefore(text: string, start: number): string {
  const before = text.slice(0, start).replace(/\s*(export\s+)?$/, '');
  return before.endsWith('*/') ? before.slice(before.lastIndexOf('/**')) : '';
}
