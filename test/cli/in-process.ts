/**
 * A command line without a process of its own, where only what it refuses is looked at: loading the program anew
 * takes longer than the refusal. What a process adds (exit code, signals, pipes) is tested with `run-cheetah.ts`.
 */
import { complaintLine } from '../../cli/complaint-line.js';
import { runCommand } from '../../cli/run-command.js';

/** The line the command line ends with in the folder `cwd`. Throws where it is not refused, or prints before. */
export async function complaintOf(args: readonly string[], cwd = process.cwd()): Promise<string> {
  const { CHEETAH_DATA: data } = process.env;
  const before = process.cwd();
  const { write } = process.stdout;
  const { log } = console;
  let printed = '';
  const print = (text: unknown): true => {
    printed += String(text);
    return true;
  };
  process.chdir(cwd);
  delete process.env.CHEETAH_DATA;
  Object.assign(process.stdout, { write: print });
  console.log = print;
  try {
    await runCommand(args);
  } catch (error) {
    if (printed === '') return complaintLine(error);
  } finally {
    process.chdir(before);
    if (data !== undefined) process.env.CHEETAH_DATA = data;
    Object.assign(process.stdout, { write });
    console.log = log;
  }
  throw new Error(`cheetah ${args.join(' ')} was not refused before it printed '${printed.slice(0, 200)}'`);
}
