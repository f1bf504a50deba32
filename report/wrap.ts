/** Text broken into lines of a width. */

/** Characters, not UTF-16 units; every sign our texts use is one cell wide. */
export function length(text: string): number {
  return [...text].length;
}

/** Breaks a text at blanks. A word longer than the width stays whole. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let current = '';
  for (const word of text.split(' ')) {
    if (current !== '' && length(current) + 1 + length(word) > width) {
      lines.push(current);
      current = word;
    } else current = current === '' ? word : `${current} ${word}`;
  }
  return [...lines, current];
}
