/** What a figure draws on, with the methods and properties of a browser's canvas that Vega uses, as a page of a PDF. */
import { UserError } from '../errors.js';
import { shareBefore, textStyle, type Weight } from './figure-font.js';
import { type Matrix, PagePath, product, rotation } from './pdf-path.js';

type PdfColour = string | readonly number[] | PdfGradient;

export interface PdfGradient {
  stop(position: number, colour: string | readonly number[], opacity?: number): PdfGradient;
}

/** The part of PDFKit's document that is used. */
export interface PdfDocument {
  save(): PdfDocument;
  restore(): PdfDocument;
  path(path: string): PdfDocument;
  clip(): PdfDocument;
  fill(colour: PdfColour): PdfDocument;
  stroke(colour: PdfColour): PdfDocument;
  fillColor(colour: PdfColour): PdfDocument;
  fillOpacity(opacity: number): PdfDocument;
  strokeOpacity(opacity: number): PdfDocument;
  lineWidth(width: number): PdfDocument;
  lineCap(cap: string): PdfDocument;
  lineJoin(join: string): PdfDocument;
  miterLimit(limit: number): PdfDocument;
  dash(lengths: readonly number[], options: { phase: number }): PdfDocument;
  transform(...matrix: Matrix): PdfDocument;
  linearGradient(x1: number, y1: number, x2: number, y2: number): PdfGradient;
  radialGradient(x1: number, y1: number, r1: number, x2: number, y2: number, r2: number): PdfGradient;
  font(name: Weight, size: number): PdfDocument;
  widthOfString(text: string, options: object): number;
  text(text: string, x: number, y: number, options: object): PdfDocument;
}

/** The letters are set as wide as they were measured: without kerning. */
const PLAIN_LETTERS = { features: { kern: false, liga: false } };

/** What a canvas keeps with its transformation and gives back. */
interface State {
  readonly matrix: Matrix;
  readonly given: Readonly<Record<(typeof KEPT)[number], unknown>>;
}

const KEPT = [
  'fillStyle',
  'strokeStyle',
  'globalAlpha',
  'lineWidth',
  'lineCap',
  'lineJoin',
  'miterLimit',
  'lineDashOffset',
  'font',
  'textAlign',
  'dashes',
] as const;

class Gradient {
  readonly stops: [position: number, colour: string][] = [];
  constructor(readonly onPage: () => PdfGradient) {}
  addColorStop(position: number, colour: string): void {
    this.stops.push([position, colour]);
  }
}

export class PdfContext {
  fillStyle: string | Gradient = 'black';
  strokeStyle: string | Gradient = 'black';
  globalAlpha = 1;
  globalCompositeOperation = 'source-over';
  lineWidth = 1;
  lineCap = 'butt';
  lineJoin = 'miter';
  miterLimit = 10;
  lineDashOffset = 0;
  font = '11px sans-serif';
  textAlign = 'left';
  dashes: readonly number[] = [];
  private matrix: Matrix = [1, 0, 0, 1, 0, 0];
  private path = new PagePath();
  private readonly states: State[] = [];

  constructor(private readonly page: PdfDocument) {}

  save(): void {
    const given = Object.fromEntries(KEPT.map((name) => [name, this[name]])) as State['given'];
    this.states.push({ matrix: this.matrix, given });
    this.page.save();
  }

  restore(): void {
    const state = this.states.pop();
    if (!state) return;
    this.matrix = state.matrix;
    Object.assign(this, state.given);
    this.page.restore();
  }

  translate(x: number, y: number): void {
    this.matrix = product(this.matrix, [1, 0, 0, 1, x, y]);
  }

  scale(x: number, y: number): void {
    this.matrix = product(this.matrix, [x, 0, 0, y, 0, 0]);
  }

  rotate(angle: number): void {
    this.matrix = product(this.matrix, rotation(angle));
  }

  beginPath(): void {
    this.path = new PagePath();
  }

  closePath(): void {
    this.path.close();
  }

  moveTo(x: number, y: number): void {
    this.path.add('M', this.matrix, [x, y]);
  }

  lineTo(x: number, y: number): void {
    this.path.add(this.path.isEmpty ? 'M' : 'L', this.matrix, [x, y]);
  }

  quadraticCurveTo(...points: number[]): void {
    this.path.add('Q', this.matrix, points);
  }

  bezierCurveTo(...points: number[]): void {
    this.path.add('C', this.matrix, points);
  }

  rect(x: number, y: number, width: number, height: number): void {
    this.path.add('M', this.matrix, [x, y]);
    for (const corner of [
      [x + width, y],
      [x + width, y + height],
      [x, y + height],
    ]) {
      this.path.add('L', this.matrix, corner);
    }
    this.path.close();
  }

  /** Angles clockwise from the right, in radians; as on a canvas, more than a turn is a turn. */
  arc(x: number, y: number, radius: number, from: number, to: number, isAgainst = false): void {
    const turn = 2 * Math.PI;
    const far = isAgainst ? from - to : to - from;
    const sweep = far >= turn ? turn : ((far % turn) + turn) % turn;
    if (sweep > 0) this.path.arc(this.matrix, [x, y], radius, from, isAgainst ? -sweep : sweep);
  }

  clip(): void {
    this.page.path(String(this.path)).clip();
  }

  fillRect(x: number, y: number, width: number, height: number): void {
    this.beginPath();
    this.rect(x, y, width, height);
    this.fill();
  }

  fill(): void {
    const colour = this.colourOf(this.fillStyle);
    if (colour && !this.path.isEmpty)
      this.page.path(String(this.path)).fillOpacity(colour.opacity).fill(colour.of);
  }

  stroke(): void {
    const colour = this.colourOf(this.strokeStyle);
    if (!colour || this.path.isEmpty) return;
    const { page } = this;
    page.save();
    page.lineWidth(this.lineWidth).lineCap(this.lineCap).lineJoin(this.lineJoin).miterLimit(this.miterLimit);
    if (this.dashes.length > 0) page.dash(this.dashes, { phase: this.lineDashOffset });
    page.path(String(this.path)).strokeOpacity(colour.opacity).stroke(colour.of).restore();
  }

  setLineDash(dashes: readonly number[]): void {
    this.dashes = dashes;
  }

  fillText(text: string, x: number, y: number): void {
    const colour = this.colourOf(this.fillStyle);
    if (!colour || text === '') return;
    const { weight, size } = textStyle(this.font);
    const { page } = this;
    page.save().transform(...this.matrix);
    page.font(weight, size).fillColor(colour.of).fillOpacity(colour.opacity);
    const left = x - shareBefore(this.textAlign) * page.widthOfString(text, PLAIN_LETTERS);
    page.text(text, left, y, { ...PLAIN_LETTERS, lineBreak: false, baseline: 'alphabetic' }).restore();
  }

  createLinearGradient(x1: number, y1: number, x2: number, y2: number): Gradient {
    const [, , , , e, f] = this.matrix;
    return new Gradient(() => this.page.linearGradient(x1 + e, y1 + f, x2 + e, y2 + f));
  }

  createRadialGradient(x1: number, y1: number, r1: number, x2: number, y2: number, r2: number): Gradient {
    const [, , , , e, f] = this.matrix;
    return new Gradient(() => this.page.radialGradient(x1 + e, y1 + f, r1, x2 + e, y2 + f, r2));
  }

  strokeText(): never {
    throw new UserError('text with an outline cannot be drawn in a PDF; write the figure as SVG');
  }

  drawImage(): never {
    throw new UserError('an image inside a figure cannot be drawn in a PDF; write the figure as SVG');
  }

  private colourOf(style: string | Gradient): { of: PdfColour; opacity: number } | undefined {
    if (typeof style === 'string') {
      const { of, alpha } = colourNamed(style);
      return alpha === 0 ? undefined : { of, opacity: alpha * this.globalAlpha };
    }
    const gradient = style.onPage();
    for (const [position, name] of style.stops) {
      const { of, alpha } = colourNamed(name);
      gradient.stop(position, of, alpha);
    }
    return { of: gradient, opacity: this.globalAlpha };
  }
}

/** As Vega writes colours: names and `#` as they are, `rgb(…)` and `rgba(…)` in numbers. */
function colourNamed(text: string): { of: string | readonly number[]; alpha: number } {
  if (text === 'transparent' || text === 'none') return { of: 'black', alpha: 0 };
  const [, inner] = /^rgba?\((.*)\)$/.exec(text) ?? [];
  if (inner === undefined) return { of: text, alpha: 1 };
  const [red, green, blue, alpha = 1] = inner.split(/[\s,/]+/).map(Number);
  return { of: [red!, green!, blue!], alpha };
}
