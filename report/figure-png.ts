/** A figure as PNG: drawn by Skia in WebAssembly, with text as outlines, so that the bytes are the same everywhere. */
import { crc32 } from 'node:zlib';
import { UserError } from '../errors.js';
import { type Drawing, type FigureSpec, withDrawing } from './figure-drawing.js';
import { fontFile, packagedFile, shareBefore, textStyle, type Weight } from './figure-font.js';
import type { Looks } from './figure-theme.js';
import { fromOptional } from './optional-package.js';

/** The part of a canvas's context that letters are drawn by. */
interface Context {
  font: string;
  textAlign: string;
  fillText(text: string, x: number, y: number): void;
  beginPath(): void;
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  quadraticCurveTo(...points: number[]): void;
  bezierCurveTo(...points: number[]): void;
  closePath(): void;
  fill(): void;
}

interface Canvas {
  getContext(kind: '2d'): Context;
  toDataURL(type: 'image/png'): string;
  dispose(): void;
}

interface CanvasKit {
  MakeCanvas(width: number, height: number): Canvas | null;
}

/** Units of the face, y upwards. */
interface Glyph {
  readonly advanceWidth: number;
  readonly path: { readonly commands: readonly { readonly command: PathCommand; readonly args: number[] }[] };
}

type PathCommand = 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath';

interface Face {
  readonly unitsPerEm: number;
  glyphForCodePoint(code: number): Glyph;
}

interface Tools {
  readonly kit: CanvasKit;
  readonly faces: Readonly<Record<Weight, Face>>;
}

const PIXELS_AN_INCH = 96;
/** What print asks for. */
export const DOTS_AN_INCH = 300;
/** Dots of a side: the largest picture that common programs open. */
const LARGEST = 16_384;

/** Names that no types are looked up for: the packages may be missing. */
const KIT: string = 'canvaskit-wasm';
const FONTKIT: string = 'fontkit';

let tools: Promise<Tools> | undefined;

function loadTools(): Promise<Tools> {
  tools ??= fromOptional(
    'PNG figures are drawn by CanvasKit',
    ['canvaskit-wasm', 'fontkit', '@expo-google-fonts/arimo'],
    async () => {
      const wasmBinary = packagedFile('canvaskit-wasm/bin/canvaskit.wasm');
      const { default: start } = (await import(KIT)) as {
        default(options: { wasmBinary: Uint8Array }): Promise<CanvasKit>;
      };
      const { create } = (await import(FONTKIT)) as { create(bytes: Uint8Array): Face };
      return {
        kit: await start({ wasmBinary }),
        faces: { normal: create(fontFile('normal')), bold: create(fontFile('bold')) },
      };
    },
  );
  return tools;
}

/**
 * The figure as PNG with so many dots an inch, an inch being 96 pixels of the figure. The same specification, looks and
 * resolution give the same bytes. Throws UserError as `figureSvg` does, where CanvasKit or the font is not installed,
 * and for pictures of more than 16,384 dots a side.
 */
export function figurePng(
  spec: FigureSpec,
  looks: Looks = {},
  dotsAnInch: number = DOTS_AN_INCH,
): Promise<Uint8Array> {
  return withDrawing(spec, looks, async (drawing) => {
    const { kit, faces } = await loadTools();
    return withDensity(await picture(drawing, dotsAnInch / PIXELS_AN_INCH, kit, faces), dotsAnInch);
  });
}

async function picture(
  drawing: Drawing,
  scale: number,
  kit: CanvasKit,
  faces: Tools['faces'],
): Promise<Uint8Array> {
  const [width, height] = [drawing.width * scale, drawing.height * scale].map(Math.round) as [number, number];
  const canvas =
    Math.max(width, height) <= LARGEST && width * height > 0 ? kit.MakeCanvas(width, height) : null;
  if (!canvas) {
    throw new UserError(
      `a picture of ${width} × ${height} dots cannot be drawn; sides have 1 to ${LARGEST} dots: choose fewer dots an inch`,
    );
  }
  try {
    const context = canvas.getContext('2d');
    context.fillText = (text, x, y) => fillOutlines(context, faces, text, x, y);
    await drawing.paint(context, scale);
    return Buffer.from(canvas.toDataURL('image/png').split(',')[1]!, 'base64');
  } finally {
    canvas.dispose();
  }
}

/** Letters by their outlines: a renderer's own text is moved to whole dots, and set unevenly. */
function fillOutlines(context: Context, faces: Tools['faces'], text: string, x: number, y: number): void {
  const { weight, size } = textStyle(context.font);
  const face = faces[weight];
  const scale = size / face.unitsPerEm;
  const glyphs = [...text].map((character) => face.glyphForCodePoint(character.codePointAt(0)!));
  const width = glyphs.reduce((sum, { advanceWidth }) => sum + advanceWidth, 0);
  let left = x - shareBefore(context.textAlign) * width * scale;
  context.beginPath();
  for (const { path, advanceWidth } of glyphs) {
    for (const { command, args } of path.commands) {
      const points = args.map((value, i) => (i % 2 === 0 ? left + value * scale : y - value * scale));
      (context[command] as (...points: number[]) => void).apply(context, points);
    }
    left += advanceWidth * scale;
  }
  context.fill();
}

/** Bytes of the signature and of the header, behind which the density may stand (PNG, third edition, 11.3.4.3). */
const HEADER_END = 33;

/** The dots a metre, so that the picture is as wide on paper as it was asked for. */
function withDensity(png: Uint8Array, dotsAnInch: number): Uint8Array {
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4, 'latin1');
  const dotsAMetre = Math.round(dotsAnInch / 0.0254);
  chunk.writeUInt32BE(dotsAMetre, 8);
  chunk.writeUInt32BE(dotsAMetre, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return Buffer.concat([png.subarray(0, HEADER_END), chunk, png.subarray(HEADER_END)]);
}
