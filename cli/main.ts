#!/usr/bin/env node
/**
 * The command line. A UserError is one line on stderr and exit code 1; anything else is a fault of ours and keeps
 * its stack.
 */
import { cannotWrite } from '../errors.js';
import { complaintLine } from './complaint-line.js';
import { runCommand } from './run-command.js';

/** A reader that closes the pipe early (`| head`) has what it wanted: stop, and say nothing. */
for (const [name, stream] of [
  ['standard output', process.stdout],
  ['standard error', process.stderr],
] as const) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    report(cannotWrite(name, error));
    process.exit(1);
  });
}

function report(error: unknown): void {
  process.stderr.write(`${complaintLine(error)}\n`);
}

try {
  await runCommand(process.argv.slice(2));
} catch (error) {
  report(error);
  process.exitCode = process.exitCode || 1;
}
