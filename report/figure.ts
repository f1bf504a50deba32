/** A figure as SVG. */
import { type FigureSpec, withDrawing } from './figure-drawing.js';
import type { Looks } from './figure-theme.js';

export type { FigureSpec } from './figure-drawing.js';

/**
 * The figure as SVG. The same specification and looks give the same bytes, whatever fonts the machine has and whatever
 * was drawn before. A mark with a description has it as its title, which a browser shows under the pointer. Throws
 * UserError where Vega is not installed, and with Vega-Lite's own words where the specification is not one it can draw.
 */
export function figureSvg(spec: FigureSpec, looks: Looks = {}): Promise<string> {
  return withDrawing(spec, looks, ({ svg }) => `${titled(svg)}\n`);
}

/** `aria-label` is for readers of screens; browsers show `<title>`. A line's label says where it begins, which helps nobody. */
function titled(svg: string): string {
  return svg.replace(
    /<path (aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="(?!line|area|trail)[^>]*)\/>/g,
    '<path $1><title>$2</title></path>',
  );
}

/**
 * Gives every id inside an SVG a prefix, so that several figures can stand in one HTML page: ids are global
 * there, and two figures would otherwise clip by each other's shapes.
 */
export function prefixIds(svg: string, prefix: string): string {
  return svg
    .replace(/\bid="([^"]+)"/g, `id="${prefix}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${prefix}-$1)`)
    .replace(/href="#([^"]+)"/g, `href="#${prefix}-$1"`);
}
