/**
 * The face that PNG and PDF figures are set in: Arimo (SIL Open Font License), whose letters are as wide as Helvetica's,
 * by which figures are laid out (text-width.ts). It comes with a package, so that no machine's own fonts are drawn.
 */
import { createRequire } from 'node:module';
import { readBytes } from '../input/bounded-file.js';

export type Weight = 'normal' | 'bold';

const FILES: Readonly<Record<Weight, string>> = {
  normal: '@expo-google-fonts/arimo/400Regular/Arimo_400Regular.ttf',
  bold: '@expo-google-fonts/arimo/700Bold/Arimo_700Bold.ttf',
};

/** The bytes of a file that a package holds. Throws Node's own error where the package is not installed. */
export function packagedFile(name: string): Uint8Array {
  return readBytes(createRequire(import.meta.url).resolve(name), {
    most: 2 ** 25,
    wanted: 'a file of an installed package',
  });
}

export function fontFile(weight: Weight): Uint8Array {
  return packagedFile(FILES[weight]);
}

export interface TextStyle {
  readonly weight: Weight;
  /** In pixels. */
  readonly size: number;
}

/** What a canvas's `font` says, as Vega writes it: `bold 15px Helvetica, Arial`. */
export function textStyle(font: string): TextStyle {
  const size = /([\d.]+)px/.exec(font)?.[1];
  return { weight: /\b(bold|[6-9]00)\b/.test(font) ? 'bold' : 'normal', size: Number(size ?? 11) };
}

/** How far left of its anchor a text begins, as a share of its width. */
export function shareBefore(align: string): number {
  return align === 'center' ? 0.5 : align === 'right' || align === 'end' ? 1 : 0;
}
