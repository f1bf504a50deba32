/** A figure as a PDF of one page: lines stay lines and text stays text, in a face that the file holds. */
import { type FigureSpec, withDrawing } from './figure-drawing.js';
import { fontFile } from './figure-font.js';
import type { Looks } from './figure-theme.js';
import { fromOptional } from './optional-package.js';
import { PdfContext, type PdfDocument } from './pdf-context.js';

/** PDFKit's document, and what is needed to begin and to end it. */
interface WholeDocument extends PdfDocument {
  readonly info: object;
  registerFont(name: string, bytes: Uint8Array): void;
  scale(factor: number): void;
  on(event: 'data', take: (chunk: Uint8Array) => void): void;
  on(event: 'end', take: () => void): void;
  end(): void;
}

type Begin = new (options: object) => WholeDocument;

/** Points an inch over pixels an inch. */
const POINTS_A_PIXEL = 72 / 96;

/** A name that no types are looked up for: the package may be missing. */
const PDFKIT: string = 'pdfkit';

function loadTools() {
  return fromOptional(
    'PDF figures are written by PDFKit',
    ['pdfkit', '@expo-google-fonts/arimo'],
    async () => {
      const { default: Document } = (await import(PDFKIT)) as { default: Begin };
      return { Document, fonts: { normal: fontFile('normal'), bold: fontFile('bold') } };
    },
  );
}

/**
 * The figure as a PDF page of its own size, an inch being 96 pixels of the figure. The same specification and looks give
 * the same bytes: no date, no name of a machine. Throws UserError as `figureSvg` does, where PDFKit or the font is not
 * installed, and for images and outlined text inside a figure.
 */
export function figurePdf(spec: FigureSpec, looks: Looks = {}): Promise<Uint8Array> {
  return withDrawing(spec, looks, async ({ width, height, paint }) => {
    const { Document, fonts } = await loadTools();
    const document = new Document({
      size: [width * POINTS_A_PIXEL, height * POINTS_A_PIXEL],
      margin: 0,
      font: null,
      // PDFKit counts on a date, makes the file's number of it, and writes what it can list
      info: { CreationDate: new Date(0) },
    });
    Object.defineProperty(document.info, 'CreationDate', { enumerable: false });
    const chunks: Uint8Array[] = [];
    const written = new Promise<void>((resolve) => {
      document.on('data', (chunk) => chunks.push(chunk));
      document.on('end', resolve);
    });
    document.registerFont('normal', fonts.normal);
    document.registerFont('bold', fonts.bold);
    document.scale(POINTS_A_PIXEL);
    await paint(new PdfContext(document), 1);
    document.end();
    await written;
    return Buffer.concat(chunks);
  });
}
