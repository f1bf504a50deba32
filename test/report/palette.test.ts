import { describe, expect, it } from 'vitest';
import { formatFamilies } from '../../formats/registry.js';
import { themed } from '../../report/figure-theme.js';
import { colours } from '../../report/palette.js';

type Triple = readonly [number, number, number];

/** sRGB to linear light, from IEC 61966-2-1. */
function light(hex: string): Triple {
  return [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
}

const times = (rows: readonly Triple[], [r, g, b]: Triple): Triple =>
  rows.map(([x, y, z]) => x * r + y * g + z * b) as unknown as Triple;

function contrast(a: string, b: string): number {
  const [low, high] = [a, b]
    .map((hex) => times([[0.2126, 0.7152, 0.0722]], light(hex))[0])
    .sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Machado, Oliveira and Fernandes (2009), table 1, severity 1. */
const SIGHT: Readonly<Record<string, readonly Triple[]>> = {
  common: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

/** CIELAB of linear light, white D65. */
function lab(rgb: Triple): Triple {
  const [x, y, z] = times(
    [
      [0.4124 / 0.9505, 0.3576 / 0.9505, 0.1805 / 0.9505],
      [0.2126, 0.7152, 0.0722],
      [0.0193 / 1.089, 0.1192 / 1.089, 0.9505 / 1.089],
    ],
    rgb.map((part) => Math.min(1, Math.max(0, part))) as unknown as Triple,
  ).map((part) =>
    part > 216 / 24389 ? Math.cbrt(part) : ((24389 / 27) * part + 16) / 116,
  ) as unknown as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const names = formatFamilies().map(({ name }) => name);
const onDark = (range: string[]): string[] => themed({ scale: { domain: names, range } }, 'dark').scale.range;

describe.each([
  ['white', '#FFFFFF', colours(names), 3],
  ['a dark page', '#16181C', onDark(colours(names)), 3.5],
])('families on %s', (_, ground, shown, least) => {
  it('stand out from the ground, also those of plugins', () => {
    const others = colours(['own', 'other', 'third']);
    for (const colour of [...shown, ...(ground === '#FFFFFF' ? others : onDark(others))]) {
      expect(contrast(colour, ground), colour).toBeGreaterThanOrEqual(least);
    }
  });

  it.each(Object.keys(SIGHT))('are told apart by eyes with %s sight', (sight) => {
    const seen = shown.map((colour) => lab(times(SIGHT[sight]!, light(colour))));
    for (const [i, a] of seen.entries()) {
      for (const [j, b] of seen.slice(0, i).entries()) {
        const distance = Math.hypot(...a.map((part, axis) => part - b[axis]!));
        expect(distance, `${names[i]} ${names[j]}`).toBeGreaterThan(12);
      }
    }
  });
});
