/** Notes on stderr to the person at the terminal; with `--quiet` there are none. Errors are always shown. */
import { oneLine } from '../one-line.js';

export type Loudness = 'notes' | 'quiet';

let loudness: Loudness = 'notes';

export function setLoudness(choice: Loudness): void {
  loudness = choice;
}

export function isQuiet(): boolean {
  return loudness === 'quiet';
}

/** A line of what was guessed, changed or begun. */
export function tell(line: string): void {
  if (!isQuiet()) process.stderr.write(`${oneLine(line)}\n`);
}
