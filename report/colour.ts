/** Colours as numbers: how light they are, and how well they stand out from a ground. */

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** `#abc` or `#aabbcc`; undefined for any other text. */
export function rgbOf(text: string): Rgb | undefined {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(text);
  const digits = short
    ? short.slice(1).map((digit) => digit + digit)
    : /^#(..)(..)(..)$/.exec(text)?.slice(1);
  if (!digits?.every((pair) => /^[0-9a-f]{2}$/i.test(pair))) return undefined;
  return digits.map((pair) => Number.parseInt(pair, 16)) as unknown as Rgb;
}

export function hexOf(rgb: Rgb): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it. */
export function luminance(rgb: Rgb): number {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it. */
export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/**
 * `colour` mixed with black, or with white on a dark ground, in steps of a 64th, until it has `least` contrast with
 * `ground`. Unchanged where it has it already, and where it is no colour in hexadecimal.
 */
export function standingOut(colour: string, ground: string, least: number): string {
  const [from, on] = [rgbOf(colour), rgbOf(ground)];
  if (!from || !on) return colour;
  const towards = luminance(on) > 0.18 ? 0 : 255;
  for (let step = 0; step <= 64; step++) {
    const mixed = from.map((part) => Math.round(part + ((towards - part) * step) / 64)) as unknown as Rgb;
    if (contrast(mixed, on) >= least) return step === 0 ? colour : hexOf(mixed).toUpperCase();
  }
  return colour;
}
