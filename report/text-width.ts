/**
 * How wide a text is, in pixels, without a canvas: a table of advance widths instead of the machine's fonts, so
 * that a figure has the same bytes everywhere. Widths are those of Helvetica in thousandths of the font size, by
 * Adobe's published font metrics; Arial and Liberation Sans share them by design.
 */
const ADVANCES: ReadonlyArray<readonly [characters: string, width: number]> = [
  ['ijl', 222],
  ["'", 191],
  ['|', 260],
  [' !,./:;I[\\]ft', 278],
  ['()-r`{}', 333],
  ['"', 355],
  ['*', 389],
  ['^', 469],
  ['ckszJvxy', 500],
  ['#$0123456789?_abdeghnopquL', 556],
  ['+<=>~−×±·', 584],
  ['FTZ', 611],
  ['&ABEKPSVXY', 667],
  ['CDHNRUw', 722],
  ['GOQ', 778],
  ['Mm', 833],
  ['%', 889],
  ['W', 944],
  ['@—…', 1000],
  ['²³', 333],
];

/** What a character outside the table counts as: the width of a digit, the middle of the table. */
const OTHER = 556;

/** Bold Helvetica sets about this much wider than regular, averaged over its alphabet. */
const BOLD = 1.06;

const widths = new Map<string, number>();
for (const [characters, width] of ADVANCES) for (const character of characters) widths.set(character, width);

/** Width of one line of `text` in pixels at `fontSize` pixels. */
export function textWidth(text: string, fontSize: number, weight: 'normal' | 'bold' = 'normal'): number {
  let thousandths = 0;
  for (const character of text) thousandths += widths.get(character) ?? OTHER;
  return (thousandths * fontSize * (weight === 'bold' ? BOLD : 1)) / 1000;
}
