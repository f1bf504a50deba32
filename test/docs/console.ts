/**
 * Commands with their outputs in Markdown, in blocks of this kind:
 *
 *     ```console
 *     $ npx cheetah compare results/default.csv posit8es1,linear,real float8e4m3,linear,real
 *     first line of the output
 *     …
 *     last line of the output
 *     ```
 *
 * A line `…` stands for any lines, none too; without one the output is whole. A block may have several commands, each
 * followed by its output; a command that ends in `\` goes on in the next line. Blanks at the ends of lines do not count.
 */

export interface Shown {
  readonly command: string;
  /** Lines as they are shown, `…` among them. */
  readonly output: readonly string[];
}

const ELLIPSIS = '…';

/** What a page may run: the command line of this package, and scripts of its documents. */
const ALLOWED = /^(?:npx cheetah|python3 docs\/\w+\.py) /;

const trimmed = (lines: readonly string[]): string[] => {
  const ends = lines.map((line) => line.trimEnd());
  while (ends.at(-1) === '') ends.pop();
  return ends;
};

/** Throws for a block without a command, for one that no page may run, and for commands in blocks that nothing runs. */
export function shownIn(markdown: string): Shown[] {
  const blocks = [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)];
  return blocks.flatMap(([, kind, text]) => {
    if (kind === 'console') return shownInBlock(text!);
    if (/^(?:\$ )?npx cheetah /m.test(text!)) throw new Error(`nothing runs the block '${kind}' of\n${text}`);
    return [];
  });
}

function shownInBlock(block: string): Shown[] {
  const [before, ...parts] = block.replaceAll(/\\\n\s*/g, '').split(/^\$ /m);
  if (before !== '' || parts.length === 0) throw new Error(`no command begins the block\n${block}`);
  return parts.map((part) => {
    const [command, ...output] = part.split('\n');
    if (!ALLOWED.test(command!)) throw new Error(`a page does not run '${command}'`);
    return { command: command!.trimEnd(), output: trimmed(output) };
  });
}

const standsAt = (wanted: readonly string[], lines: readonly string[], at: number): boolean =>
  wanted.every((line, i) => line === lines[at + i]);

/** The runs of lines between those of `…`. */
function runsOf(output: readonly string[]): string[][] {
  const runs: string[][] = [[]];
  for (const line of output) {
    if (line.trim() === ELLIPSIS) runs.push([]);
    else runs.at(-1)!.push(line);
  }
  return runs;
}

/** The first lines of `shown` that the output does not have where they should be; undefined where all are there. */
export function missingFrom(shown: readonly string[], written: string): readonly string[] | undefined {
  const lines = trimmed(written.split('\n'));
  const [first, ...rest] = runsOf(shown);
  const last = rest.pop();
  if (!standsAt(first!, lines, 0)) return first;
  let next = first!.length;
  if (last === undefined) return next === lines.length ? undefined : first;
  for (const run of rest) {
    while (next < lines.length && !standsAt(run, lines, next)) next++;
    if (!standsAt(run, lines, next)) return run;
    next += run.length;
  }
  const end = lines.length - last.length;
  return end >= next && standsAt(last, lines, end) ? undefined : last;
}
