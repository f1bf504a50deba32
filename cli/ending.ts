/**
 * How the process ends. Until the command has finished, the exit code is not 0 however the process ends: by a plugin's
 * `process.exit(0)`, an await that never settles, or an error that nobody catches.
 */
import { cannotWrite } from '../errors.js';
import { complaintLine } from './complaint-line.js';

/**
 * What a command is for. `prints`: it ends once nobody reads its output. `writes`: it makes files, read or not; a signal
 * ends either at once, as the system does. `works`: for minutes, in small steps, and says on a signal what is kept.
 */
export type CommandKind = 'prints' | 'writes' | 'works';

/** Signals that end a process, and the exit codes shells expect of them: 128 and the signal's number. */
const SIGNALS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

let outcome: 'unfinished' | 'told' | 'finished' = 'unfinished';
let kind: CommandKind = 'prints';
let onSignal: (exitCode: number) => void = stopAtOnce;

/** Watches over the process from now on. */
export function watchOver(): void {
  process.stdout.on('error', onOutputError);
  // the work goes on where stderr is closed and nobody can read its progress
  process.stderr.on('error', () => undefined);
  process.on('uncaughtException', (error) => {
    if (isOurs('uncaughtException')) leave(1, complaintLine(error));
  });
  process.on('unhandledRejection', (error) => {
    if (isOurs('unhandledRejection')) leave(1, complaintLine(error));
  });
  for (const [signal, exitCode] of Object.entries(SIGNALS)) process.on(signal, () => onSignal(exitCode));
  // Node has nothing left to wait for, yet the command has not finished: an await never settles
  process.on('beforeExit', () => {
    if (outcome !== 'unfinished' || !isOurs('beforeExit')) return;
    leave(1, early('a plugin or notebook waits for what never comes'));
  });
  process.on('exit', (code) => {
    if (outcome === 'finished') return;
    if (outcome === 'unfinished') say(early(`something called process.exit(${code}), a plugin perhaps`));
    if (code === 0) process.exitCode = 1;
  });
}

/** A running notebook listens too and then says more: in which cell it happened. */
function isOurs(event: string): boolean {
  return process.listenerCount(event) === 1;
}

function early(why: string): string {
  return `cheetah: ${why}: the process ended before the work was done; nothing unfinished was written`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Ends the process with one line. `exitCode` is not 0. */
export function leave(exitCode: number, line: string): never {
  outcome = 'told';
  say(line);
  process.exit(exitCode);
}

/** Says why the command failed; the process then ends by itself with 1, or the exit code that was set already. */
export function fail(error: unknown): void {
  outcome = 'told';
  say(complaintLine(error));
  process.exitCode = process.exitCode || 1;
}

/** The command has done its work, or has said and set in `process.exitCode` what it could not. */
export function finish(): void {
  if (outcome === 'unfinished') outcome = 'finished';
}

/**
 * Ends the process once all is written, whatever timers and servers a plugin or notebook has left; an error of the
 * output comes after its last write was called back, and is heard first.
 */
export function end(): void {
  process.stdout.write('', () => process.stderr.write('', () => setImmediate(() => process.exit())));
}

/** Says of which kind the command is that begins. */
export function beginCommand(of: CommandKind): void {
  kind = of;
  // a handler only runs when the event loop is free, and these commands may compute for long in one go
  if (of !== 'works') for (const signal of Object.keys(SIGNALS)) process.removeAllListeners(signal);
}

/** Has signals that end a process handled by `handle` until the function given back is called. */
export function handleSignals(handle: (exitCode: number) => void): () => void {
  onSignal = handle;
  return () => {
    onSignal = stopAtOnce;
  };
}

function stopAtOnce(exitCode: number): void {
  leave(exitCode, 'stopped before the work was done');
}

/** A reader that closes the pipe early (`| head`) has what it wanted; a full disk has not. */
function onOutputError(error: NodeJS.ErrnoException): void {
  const isUnread = error.code === 'EPIPE';
  if (kind === 'prints') {
    if (!isUnread) leave(1, complaintLine(cannotWrite('standard output', error)));
    outcome = 'finished';
    process.exit(0);
  }
  if (isUnread || outcome === 'told') return;
  // the files that are being made matter more than what is printed
  fail(cannotWrite('standard output', error));
}
