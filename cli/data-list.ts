/** `cheetah data list`. */
import { type DatasetEntry, inventory } from '../datasets/inventory.js';

/** Prints every named dataset: state, sizes, checksum, files; as aligned text or as JSON. */
export function printInventory(data: string | undefined, form: 'table' | 'json'): void {
  const entries = inventory(data ?? (process.env.CHEETAH_DATA || undefined));
  if (form === 'json') {
    console.log(JSON.stringify(entries, undefined, 2));
    return;
  }
  const nameWidth = Math.max(...entries.map((entry) => entry.name.length));
  for (const entry of entries) console.log(textOf(entry, nameWidth));
}

function textOf(entry: DatasetEntry, nameWidth: number): string {
  const lines = [`${entry.name.padEnd(nameWidth)}  ${entry.state.padEnd(8)}  ${entry.title}`];
  const say = (text: string) => lines.push(' '.repeat(nameWidth + 2) + text);
  if (entry.content !== undefined) {
    const { train, test, shape, classes, checksum } = entry.content;
    say(`${train} training + ${test} test, ${shape.join('×')}, ${classes.length} classes`);
    say(`sha256 ${checksum}`);
  }
  for (const file of entry.files) say(file);
  if (entry.problem !== undefined) say(entry.problem);
  return lines.join('\n');
}
