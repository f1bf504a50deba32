/** C programs compiled by the system's compilers and run on records. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those of the usual compilers that are here; cc first. */
export const COMPILERS = ['cc', 'clang'].filter(
  (name) => spawnSync(name, ['--version'], { encoding: 'utf8' }).status === 0,
);

/** Said in the names of tests that are skipped. */
export const NEEDS_CC = COMPILERS.length === 0 ? ' (SKIPPED: there is no cc)' : '';

const STRICT = ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror'];
export const OPTIMIZED = ['-O2'];
/** Stops with an error at the first undefined behaviour. */
export const SANITIZED = ['-O0', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];

function succeeded(command: string, args: readonly string[], input?: Uint8Array): Buffer {
  const ran = spawnSync(command, args, { input, maxBuffer: 2 ** 28 });
  if (ran.status === 0) return ran.stdout;
  throw new Error(
    `${command} ${args.join(' ')}: ${ran.status} ${ran.signal} ${ran.stderr.toString().slice(0, 2000)}`,
  );
}

let programs = 0;

/** What the program's own main makes of the records. */
export function outputsOf(
  folder: string,
  text: string,
  records: Uint8Array,
  flags: readonly string[],
  compiler = COMPILERS[0]!,
): Buffer {
  const path = join(folder, `program${programs++}`);
  writeFileSync(`${path}.c`, text);
  succeeded(compiler, [...STRICT, ...flags, '-DCHEETAH_MAIN', `${path}.c`, '-o', path]);
  return succeeded(path, [], records);
}

/** Symbols that the compiled function takes from elsewhere, and its bytes of code and of data. */
export function objectOf(
  folder: string,
  text: string,
  flags: readonly string[],
): { undefinedSymbols: readonly string[]; code: number; data: number } {
  const path = join(folder, `object${programs++}`);
  writeFileSync(`${path}.c`, text);
  succeeded(COMPILERS[0]!, [...STRICT, ...flags, '-c', `${path}.c`, '-o', `${path}.o`]);
  const undefinedSymbols = succeeded('nm', ['-u', `${path}.o`])
    .toString()
    .split('\n')
    .filter(Boolean);
  const [code, data, bss] = succeeded('size', [`${path}.o`])
    .toString()
    .split('\n')[1]!
    .trim()
    .split(/\s+/)
    .map(Number);
  return { undefinedSymbols, code: code!, data: data! + bss! };
}
