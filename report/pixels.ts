/** Lengths on paper as pixels, 96 an inch. */
import { UserError } from '../errors.js';

const PIXELS = { px: 1, pt: 96 / 72, mm: 96 / 25.4, cm: 96 / 2.54, in: 96 } as const;

/** `89mm`, `7pt`, `3.5in`, `336px` or `336` as pixels. Throws UserError for other texts; `what` is the option. */
export function pixelsOf(text: string, what: string): number {
  const [, number, unit = 'px'] = /^(\d+(?:\.\d+)?)(px|pt|mm|cm|in)?$/.exec(text.trim()) ?? [];
  if (number !== undefined && Number(number) > 0) return Number(number) * PIXELS[unit as keyof typeof PIXELS];
  throw new UserError(`${what} ${text} is no length; give a number with px, pt, mm, cm or in, such as 89mm`);
}
