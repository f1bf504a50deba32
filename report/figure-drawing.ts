/** A Vega-Lite specification compiled and laid out, in Node, without browser or canvas. */
import type { TopLevelSpec } from 'vega-lite';
import { UserError } from '../errors.js';
import { type Looks, looksConfig, themed } from './figure-theme.js';
import { fromOptional } from './optional-package.js';
import { textWidth } from './text-width.js';

/** Any Vega-Lite v6 specification; Vega-Lite's own types describe it where it is installed. */
export type FigureSpec = Readonly<Record<string, unknown>>;

/** A figure that is laid out. */
export interface Drawing {
  /** Whole, in pixels, 96 an inch. */
  readonly width: number;
  readonly height: number;
  readonly svg: string;
  /** Draws it on what has the methods of a browser's canvas, so many dots a pixel. */
  paint(context: object, scale: number): Promise<void>;
}

interface TextMetrics {
  width(
    item: { fontSize?: number; fontWeight?: string | number; limit?: number; text?: unknown },
    text?: unknown,
  ): number;
}

/** Vega is installed by those who draw: it is a third of all that a checkout installs to run. */
async function loadVega() {
  const [vega, vegaLite] = await fromOptional('figures are drawn by Vega', ['vega', 'vega-lite'], () =>
    Promise.all([import('vega'), import('vega-lite')]),
  );
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
  return { vega, vegaLite };
}

/** The specification with the config that it is drawn by: drawn elsewhere, it looks the same. Its own config wins. */
export async function dressed(spec: FigureSpec, looks: Looks): Promise<FigureSpec> {
  const { vega } = await loadVega();
  const own = themed(spec, looks.theme ?? 'light');
  return { ...own, config: vega.mergeConfig(looksConfig(looks), (own.config as object | undefined) ?? {}) };
}

/**
 * Hands the figure to `use` while it is laid out, and gives what that gives. Throws UserError where Vega is not
 * installed, and with Vega-Lite's own words where the specification is not one it can draw.
 */
export async function withDrawing<T>(
  spec: FigureSpec,
  looks: Looks,
  use: (drawing: Drawing) => T | Promise<T>,
): Promise<T> {
  const { vega, vegaLite } = await loadVega();
  const whole = await dressed(spec, looks);
  const { view, svg } = await laidOut();
  const [, width, height] = /^<svg [^>]*\bwidth="([\d.]+)" height="([\d.]+)"/.exec(svg)!;
  try {
    return await use({
      width: Number(width),
      height: Number(height),
      svg,
      paint: async (context, scale) => {
        // vega's types want a browser's own context here
        await view.toCanvas(scale, { externalContext: context } as never);
      },
    });
  } finally {
    view.finalize();
  }

  async function laidOut() {
    try {
      // Warnings of the drawing library (an empty extent, say) are not the reader's business.
      const silent = vega.logger(vega.None);
      const compiled = vegaLite.compile(whole as unknown as TopLevelSpec, { logger: silent });
      const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none', logger: silent });
      // Clip paths and gradients are numbered from a counter of the whole process.
      vega.resetSVGDefIds();
      return { view, svg: await view.toSVG() };
    } catch (error) {
      throw new UserError(
        `this Vega-Lite specification cannot be drawn: ${String((error as Error).message ?? error)}`,
      );
    }
  }
}
