/** A figure's title and the lines under it, left out where a caption says the same. */
import type { FigureSpec } from './figure-drawing.js';

export interface Headings {
  readonly title?: 'shown' | 'none';
  readonly subtitle?: 'shown' | 'none';
}

/** The specification without what is not wanted; subtitles whose title is left out stand in its place. */
export function withHeadings(
  spec: FigureSpec,
  { title = 'shown', subtitle = 'shown' }: Headings,
): FigureSpec {
  if (spec.title === undefined) return spec;
  const { title: whole, ...rest } = spec;
  const { subtitle: lines, ...heading } = (
    typeof whole === 'string' || Array.isArray(whole) ? { text: whole } : whole
  ) as Record<string, unknown>;
  const below = subtitle === 'shown' && lines !== undefined ? lines : undefined;
  if (title === 'shown') return { ...rest, title: { ...heading, ...(below ? { subtitle: below } : {}) } };
  if (!below) return rest;
  return { ...rest, title: { text: below, fontSize: 11, fontWeight: 'normal', color: '#4d4d4d' } };
}
