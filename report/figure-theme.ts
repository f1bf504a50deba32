/** The looks of figures: sizes of text, and colours on a white or a dark page. */
import { hexOf, type Rgb, rgbOf, standingOut } from './colour.js';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface Looks {
  /** The ground is white, or that of a dark page; `light` by default. */
  readonly theme?: Theme;
  /** Of the numbers at the axes, in pixels (96 an inch); 11 by default. Titles and legends are in proportion. */
  readonly fontSize?: number;
}

export const FONT_SIZE = 11;

/** Helvetica or one of the faces with the same widths, so that measured text is the text drawn. */
const FIGURE_FONT = 'Helvetica, Arial, Liberation Sans, sans-serif';

/** As the dark pages of notebooks have them. */
const DARK = { ground: 0x16, ink: 0xe6 };

/** Vega-Lite's `config` of every figure: dark text on white or the other way round, a thin grey grid. */
export function looksConfig({
  theme = 'light',
  fontSize = FONT_SIZE,
}: Looks): Readonly<Record<string, unknown>> {
  const size = (pixels: number): number => Number(((pixels * fontSize) / FONT_SIZE).toFixed(2));
  const light = {
    background: 'white',
    font: FIGURE_FONT,
    title: {
      anchor: 'start',
      fontSize: size(15),
      fontWeight: 'bold',
      color: '#1a1a1a',
      subtitleColor: '#4d4d4d',
      subtitleFontSize: size(11),
      subtitlePadding: 5,
      offset: 12,
    },
    axis: {
      labelFontSize: size(11),
      titleFontSize: size(12),
      titleFontWeight: 'normal',
      labelColor: '#333333',
      titleColor: '#1a1a1a',
      gridColor: '#e6e6e6',
      domainColor: '#808080',
      tickColor: '#808080',
      titlePadding: 8,
    },
    legend: {
      labelFontSize: size(11),
      titleFontSize: size(11),
      labelColor: '#333333',
      titleColor: '#1a1a1a',
    },
    view: { stroke: null },
  };
  if (theme === 'light') return light;
  const ink = { color: '#1a1a1a' };
  return themed({ ...light, text: ink, rule: ink }, theme);
}

/** What holds data and not looks. */
const DATA = new Set(['data', 'datasets', 'values']);

/**
 * A specification or config on the ground of `theme`. On a dark one greys are turned round, and the colours that a scale
 * gives to names stand out from the ground. Other colours, and those in data, stay.
 */
export function themed<T>(part: T, theme: Theme): T {
  return theme === 'light' ? part : (turned(part, '') as T);
}

function turned(part: unknown, key: string): unknown {
  if (typeof part === 'string') return /colou?r|fill|stroke|background/i.test(key) ? onDark(part) : part;
  if (Array.isArray(part)) return part.map((inner) => turned(inner, key));
  if (typeof part !== 'object' || part === null) return part;
  const names = (part as { domain?: unknown }).domain;
  const isOfNames = Array.isArray(names) && names.every((name) => typeof name === 'string');
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]) => {
      if (DATA.has(name)) return [name, inner];
      if (name === 'range' && isOfNames && Array.isArray(inner)) return [name, inner.map(visible)];
      return [name, turned(inner, name)];
    }),
  );
}

/** More than the 3 that marks need (WCAG 2.2, 1.4.11): points let a little of the ground through. */
const DARK_CONTRAST = 3.5;

const DARK_GROUND = hexOf([DARK.ground, DARK.ground + 2, DARK.ground + 6]);

function visible(colour: unknown): unknown {
  return typeof colour === 'string' ? standingOut(colour, DARK_GROUND, DARK_CONTRAST) : colour;
}

/** White becomes the ground, black the ink, greys what lies as far between them. */
function onDark(colour: string): string {
  const rgb: Rgb | undefined =
    colour === 'white' ? [255, 255, 255] : colour === 'black' ? [0, 0, 0] : rgbOf(colour);
  if (!rgb || rgb[0] !== rgb[1] || rgb[1] !== rgb[2]) return colour;
  if (rgb[0] === 255) return DARK_GROUND;
  const grey = Math.round(DARK.ground + ((255 - rgb[0]) / 255) * (DARK.ink - DARK.ground));
  return hexOf([grey, grey, grey]);
}
