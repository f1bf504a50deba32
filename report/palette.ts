/** Colours of format families. */

/** Okabe and Ito's palette, told apart by colour-blind readers as well. */
const COLOURS = {
  posit: '#0072B2',
  float: '#D55E00',
  fixed: '#009E73',
  affine: '#CC79A7',
  pow2int: '#E69F00',
  pow2val: '#56B4E9',
} as const;
const OTHER_COLOURS = ['#7F3C8D', '#666666', '#A5AA99'];

/** The order in a legend: the palette's, then every other family by name. */
export function byPalette(a: string, b: string): number {
  const order = Object.keys(COLOURS);
  const rank = (family: string): number => (order.indexOf(family) + order.length + 1) % (order.length + 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** One colour a family, in the order given. */
export function colours(families: readonly string[]): string[] {
  let others = 0;
  return families.map((family) =>
    family in COLOURS
      ? COLOURS[family as keyof typeof COLOURS]
      : OTHER_COLOURS[others++ % OTHER_COLOURS.length]!,
  );
}
