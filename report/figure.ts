/** A Vega-Lite specification becomes an SVG text, in Node, without browser or canvas. */
import type { TopLevelSpec } from 'vega-lite';
import { UserError } from '../errors.js';
import { textWidth } from './text-width.js';

/** Any Vega-Lite v6 specification; Vega-Lite's own types describe it where it is installed. */
export type FigureSpec = Readonly<Record<string, unknown>>;

/** Helvetica or one of the two faces with the same widths, so that measured text is the text drawn. */
const FIGURE_FONT = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** The looks shared by every figure: dark text on white, thin grey grid. A specification's own config wins. */
const LOOKS = {
  background: 'white',
  font: FIGURE_FONT,
  title: {
    anchor: 'start',
    fontSize: 15,
    fontWeight: 'bold',
    color: '#1a1a1a',
    subtitleColor: '#4d4d4d',
    subtitleFontSize: 11,
    subtitlePadding: 5,
    offset: 12,
  },
  axis: {
    labelFontSize: 11,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    labelColor: '#333333',
    titleColor: '#1a1a1a',
    gridColor: '#e6e6e6',
    domainColor: '#808080',
    tickColor: '#808080',
    titlePadding: 8,
  },
  legend: { labelFontSize: 11, titleFontSize: 11, labelColor: '#333333', titleColor: '#1a1a1a' },
  view: { stroke: null },
} as const;

interface TextMetrics {
  width(
    item: { fontSize?: number; fontWeight?: string | number; limit?: number; text?: unknown },
    text?: unknown,
  ): number;
}

/** Vega is installed by those who draw: it is a third of all that a checkout installs to run. */
async function loadVega() {
  try {
    return await Promise.all([import('vega'), import('vega-lite')]);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new UserError(
      'figures are drawn by Vega, which is not installed; install it with `npm install vega@6.2.0 vega-lite@6.4.3`',
    );
  }
}

/**
 * The figure as SVG. The same specification gives the same bytes, whatever fonts the machine has and whatever
 * was drawn before. Throws UserError where Vega is not installed, and with Vega-Lite's own words where the
 * specification is not one it can draw.
 */
export async function figureSvg(spec: FigureSpec): Promise<string> {
  const [vega, vegaLite] = await loadVega();
  // vega's types leave this documented extension point out.
  const { textMetrics } = vega as unknown as { textMetrics: TextMetrics };
  textMetrics.width = (item, text) => {
    const width = textWidth(
      String(text ?? item.text ?? ''),
      item.fontSize ?? 11,
      item.fontWeight === 'bold' ? 'bold' : 'normal',
    );
    return item.limit ? Math.min(item.limit, width) : width;
  };
  try {
    // Warnings of the drawing library (an empty extent, say) are not the reader's business.
    const silent = vega.logger(vega.None);
    const config = vega.mergeConfig({ ...LOOKS }, (spec.config as object | undefined) ?? {});
    const compiled = vegaLite.compile({ ...spec, config } as unknown as TopLevelSpec, { logger: silent });
    const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logger: silent });
    // Clip paths and gradients are numbered from a counter of the whole process.
    vega.resetSVGDefIds();
    const svg = await view.toSVG();
    view.finalize();
    return `${svg}\n`;
  } catch (error) {
    throw new UserError(
      `this Vega-Lite specification cannot be drawn: ${String((error as Error).message ?? error)}`,
    );
  }
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
