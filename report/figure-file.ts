/** A figure in the form that the ending of a file's name says. */
import { UserError } from '../errors.js';
import { figureSvg } from './figure.js';
import { dressed, type FigureSpec } from './figure-drawing.js';
import { figurePdf } from './figure-pdf.js';
import { figurePng } from './figure-png.js';
import type { Looks } from './figure-theme.js';

export interface FigureOptions extends Looks {
  /** Of a PNG; 300 by default. */
  readonly dotsAnInch?: number;
}

const FORMS = ['.svg', '.png', '.pdf', '.vl.json'] as const;
export type FigureForm = (typeof FORMS)[number];

/** Throws UserError for a name of another ending. */
export function formOf(file: string): FigureForm {
  const form = FORMS.find((ending) => file.toLowerCase().endsWith(ending));
  if (form) return form;
  throw new UserError(
    `'${file}' is no name of a figure; end it in ${FORMS.slice(0, -1).join(', ')} or ${FORMS.at(-1)}`,
  );
}

/** The bytes or text of the figure; `.vl.json` is its Vega-Lite specification with all that it is drawn by. */
export async function figureIn(
  form: FigureForm,
  spec: FigureSpec,
  options: FigureOptions = {},
): Promise<string | Uint8Array> {
  switch (form) {
    case '.svg':
      return figureSvg(spec, options);
    case '.png':
      return figurePng(spec, options, options.dotsAnInch);
    case '.pdf':
      return figurePdf(spec, options);
    case '.vl.json':
      return `${JSON.stringify(await dressed(spec, options), null, 2)}\n`;
    default:
      return form satisfies never;
  }
}
