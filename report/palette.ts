/** Colours of format families. */
import { formatFamilies } from '../formats/registry.js';
import { standingOut } from './colour.js';

/** Of families that name none of their own. */
const OTHER_COLOURS = ['#7F3C8D', '#666666', '#A5AA99'];

/** What WCAG 2.2 (1.4.11) asks of the marks of a figure against what they stand on. */
const LEAST_CONTRAST = 3;

/** A format of a plugin's own may say that it is of a family of the house: the first one's colour is the family's. */
function known(): Map<string, string | undefined> {
  return new Map(
    formatFamilies()
      .toReversed()
      .map(({ name, colour }) => [name, colour]),
  );
}

/** The order in a legend: that of the registry, then every other family by name. */
export function byPalette(a: string, b: string): number {
  const order = formatFamilies().map(({ name }) => name);
  const rank = (family: string): number => (order.indexOf(family) + order.length + 1) % (order.length + 1);
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** One colour a family, in the order given: its own, or one that is left over, dark enough for a white ground. */
export function colours(families: readonly string[]): string[] {
  const own = known();
  let others = 0;
  return families.map((family) =>
    standingOut(
      own.get(family) ?? OTHER_COLOURS[others++ % OTHER_COLOURS.length]!,
      '#FFFFFF',
      LEAST_CONTRAST,
    ),
  );
}
