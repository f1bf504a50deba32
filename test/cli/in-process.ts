/**
 * A command line without a process of its own, where only what it says, writes or refuses is looked at: loading the
 * program anew takes longer than most commands. What a process adds (exit code, signals, pipes, plugins) is tested
 * with `run-cheetah.ts`.
 */
import { complaintLine } from '../../cli/complaint-line.js';
import { setLoudness } from '../../cli/notes.js';
import { runCommand } from '../../cli/run-command.js';
import type { Ran } from './run-cheetah.js';

interface Performed extends Ran {
  /** The line of what it threw, which ends `err` too. */
  readonly complaint: string | undefined;
}

/** What `cheetah` with these words prints, and its exit code, in the folder `cwd`; one call at a time. */
export async function performed(
  args: readonly string[],
  { cwd = process.cwd() }: { readonly cwd?: string } = {},
): Promise<Performed> {
  const { exitCode, stdout, stderr } = process;
  const { CHEETAH_DATA: data } = process.env;
  const before = process.cwd();
  const { log } = console;
  const writes = { out: stdout.write, err: stderr.write };
  const printed = { out: '', err: '' };
  const into = (where: 'out' | 'err') => ({
    write(text: unknown): true {
      printed[where] += String(text);
      return true;
    },
  });
  process.chdir(cwd);
  delete process.env.CHEETAH_DATA;
  process.exitCode = undefined;
  Object.assign(stdout, into('out'));
  Object.assign(stderr, into('err'));
  console.log = (text: unknown) => stdout.write(`${text}\n`);
  try {
    await runCommand(args);
    return { ...printed, code: Number(process.exitCode ?? 0), complaint: undefined };
  } catch (error) {
    const complaint = complaintLine(error);
    return { out: printed.out, err: `${printed.err}${complaint}\n`, code: 1, complaint };
  } finally {
    process.chdir(before);
    if (data !== undefined) process.env.CHEETAH_DATA = data;
    process.exitCode = exitCode;
    setLoudness('notes');
    Object.assign(stdout, { write: writes.out });
    Object.assign(stderr, { write: writes.err });
    console.log = log;
  }
}

/** The line the command line ends with in the folder `cwd`. Throws where it is not refused, or prints before. */
export async function complaintOf(args: readonly string[], cwd = process.cwd()): Promise<string> {
  const { complaint, out } = await performed(args, { cwd });
  if (complaint !== undefined && out === '') return complaint;
  throw new Error(`cheetah ${args.join(' ')} was not refused before it printed '${out.slice(0, 200)}'`);
}
