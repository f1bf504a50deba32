import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { figureSvg } from '../../report/figure.js';
import type { FigureForm } from '../../report/figure-file.js';
import { figureIn } from '../../report/figure-file.js';
import { withHeadings } from '../../report/figure-parts.js';
import { pixelsOf as pixelsOfText } from '../../report/pixels.js';
import { paretoPlot } from '../../report/plot.js';
import { plotFile } from '../../report/plot-file.js';
import { rowsToCsv } from '../../sweep/rows.js';
import { summarize } from '../../sweep/summary/summarize.js';
import { pdfTexts } from './pdf-texts.js';
import { pixelsOf } from './png-pixels.js';
import { sampleRows } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-figure-'));
afterAll(() => rmSync(folder, { recursive: true }));

const spec = paretoPlot(summarize(sampleRows()));
const svg = await figureSvg(spec);
const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number);

/** One with what Pareto plots lack: a gradient as legend, arcs and texts at an angle. */
const other = {
  data: { values: [1, 2, 3].map((a) => ({ a, name: `n${a}` })) },
  hconcat: [
    {
      mark: 'rect',
      encoding: {
        x: { field: 'name', axis: { labelAngle: -45 } },
        y: { field: 'a', type: 'ordinal' },
        color: { field: 'a', type: 'quantitative', scale: { range: ['#ffffff', '#0072B2'] } },
      },
    },
    { mark: 'arc', encoding: { theta: { field: 'a', type: 'quantitative' }, color: { field: 'name' } } },
  ],
};

const bytesOf = async (form: FigureForm, figure: object, options = {}): Promise<Buffer> =>
  Buffer.from((await figureIn(form, figure as typeof spec, options)) as Uint8Array);

describe.each(['.svg', '.png', '.pdf', '.vl.json'] as const)('a figure as %s', (form) => {
  it('has the same bytes again, also after other figures and looks', async () => {
    const first = await bytesOf(form, spec);
    await bytesOf(form, other, { theme: 'dark', fontSize: 14 });
    expect((await bytesOf(form, spec)).equals(first)).toBe(true);
    expect((await bytesOf(form, other)).equals(first)).toBe(false);
  });
});

describe('a PNG', () => {
  it('has the size that its dots an inch make of the figure, says so, and is drawn on', async () => {
    for (const [dotsAnInch, scale] of [
      [96, 1],
      [300, 3.125],
    ] as const) {
      const png = await bytesOf('.png', spec, { dotsAnInch });
      const { size, density, at } = pixelsOf(png);
      expect(size).toEqual([Math.round(width! * scale), Math.round(height! * scale)]);
      expect(density).toBe(Math.round(dotsAnInch / 0.0254));
      expect(at(0, 0)).toEqual([255, 255, 255, 255]);
      const seen = new Set<string>();
      for (let y = 0; y < size[1]; y += 2) for (let x = 0; x < size[0]; x += 2) seen.add(String(at(x, y)));
      expect(seen.size).toBeGreaterThan(40);
    }
  });

  it('has its letters where the figure was laid out, in the weight that was asked for', async () => {
    const words = (fontWeight: string): object => ({
      data: { values: [{}] },
      width: 100,
      height: 40,
      mark: { type: 'text', text: 'HHHHHHHH', fontSize: 10, fontWeight, color: '#000000' },
      encoding: { x: { value: 50 }, y: { value: 20 } },
    });
    const inkOf = async (fontWeight: string): Promise<{ ink: number; from: number; to: number }> => {
      const { size, at } = pixelsOf(await bytesOf('.png', words(fontWeight), { dotsAnInch: 960 }));
      const columns = Array.from({ length: size[0] }, (_, x) =>
        Array.from({ length: size[1] }, (_, y) => 255 - at(x, y)[0]!).reduce((sum, dark) => sum + dark, 0),
      );
      const inked = columns.flatMap((sum, x) => (sum > 0 ? [x] : []));
      return { ink: columns.reduce((a, b) => a + b, 0), from: inked[0]!, to: inked.at(-1)! };
    };
    const [normal, bold] = [await inkOf('normal'), await inkOf('bold')];
    // eight letters of 0.722 of 10 pixels around 5 + 50 pixels, less the white beside the first and last
    expect(normal.from).toBeGreaterThan(550 - 289);
    expect(normal.from).toBeLessThan(550 - 289 + 12);
    expect(normal.to).toBeLessThan(550 + 289);
    expect(normal.to).toBeGreaterThan(550 + 289 - 12);
    expect(bold.ink).toBeGreaterThan(1.2 * normal.ink);
  });

  it('is refused where it would be too large', async () => {
    await expect(bytesOf('.png', spec, { dotsAnInch: 2400 })).rejects.toThrow(
      /dots cannot be drawn; .*16384/,
    );
  });
});

describe('a PDF', () => {
  it('has the text of the SVG as text, the page of its size, and no date', async () => {
    const pdf = await bytesOf('.pdf', spec);
    const texts = pdfTexts(pdf);
    const wanted = [...svg.matchAll(/<t(?:ext|span)[^>]*>([^<]+)</g)].map(([, text]) => text!);
    expect(wanted.length).toBeGreaterThan(20);
    // one sign of the face stands for both of the letters µ
    const plain = (text: string): string => text.replaceAll('μ', 'µ');
    expect(texts.map(plain).sort()).toEqual(wanted.map(plain).sort());
    const source = pdf.toString('latin1');
    expect(source).toContain(`/MediaBox [0 0 ${width! * 0.75} ${height! * 0.75}]`);
    expect(source).not.toMatch(/Date/);
    expect(source).toMatch(/\/FontFile2/);
  });

  it('has gradients, and refuses what it cannot hold', async () => {
    expect((await bytesOf('.pdf', other)).toString('latin1')).toContain('/ShadingType 2');
    const image = {
      data: { values: [{}] },
      mark: { type: 'text', text: 'a', stroke: 'red', fill: null, strokeWidth: 1 },
    };
    await expect(bytesOf('.pdf', image)).rejects.toThrow(/outline .* write the figure as SVG/);
  });
});

describe('Vega-Lite JSON', () => {
  it('draws the same figure', async () => {
    const json = await bytesOf('.vl.json', spec);
    expect(await figureSvg(JSON.parse(json.toString()))).toBe(svg);
  });
});

describe('looks', () => {
  it('of a dark page: its ground, light words, no white', async () => {
    const dark = await figureSvg(spec, { theme: 'dark' });
    expect(dark).toMatch(/<rect width="\d+" height="\d+" fill="#16181c"\/>/);
    expect(dark).not.toMatch(/"(?:white|black|#fff|#1a1a1a|#333333|#404040)"/);
    expect(pixelsOf(await bytesOf('.png', spec, { theme: 'dark', dotsAnInch: 96 })).at(0, 0)).toEqual([
      0x16, 0x18, 0x1c, 255,
    ]);
  });

  it('have text of the size asked for', async () => {
    const large = await figureSvg(spec, { fontSize: 22 });
    expect(large).toMatch(/font-size="22px"[^>]*>90</);
    expect(svg).toMatch(/font-size="11px"[^>]*>90</);
  });

  it('leave out title and subtitle, each alone or both', async () => {
    const title = 'Accuracy and energy-delay product';
    const below = 'Line: front of the estimates';
    const cases = [
      ['shown', 'none', [true, false]],
      ['none', 'shown', [false, true]],
      ['none', 'none', [false, false]],
    ] as const;
    for (const [ofTitle, ofSubtitle, expected] of cases) {
      const drawn = await figureSvg(withHeadings(spec, { title: ofTitle, subtitle: ofSubtitle }));
      expect([drawn.includes(title), drawn.includes(below)]).toEqual(expected);
    }
    expect(withHeadings(spec, {})).toEqual(spec);
  });

  it('show a point’s name under the pointer, and only a point’s', () => {
    const titles = [...svg.matchAll(/<title>([^<]+)<\/title>/g)].map(([, text]) => text);
    expect(titles).toHaveLength(5);
    expect(titles).toContainEqual(expect.stringMatching(/^posit8es1, linear, 8 bits: 95\.80 \[.*\] % at /));
  });
});

describe('a figure of one column', () => {
  it('is as wide as asked for, with text of 7 points at least and its legends below', async () => {
    const csv = join(folder, 'narrow.csv');
    writeFileSync(csv, rowsToCsv(sampleRows()));
    for (const asked of ['89mm', '183mm', '500']) {
      const width = Math.round(pixelsOfText(asked, '--width'));
      const drawn = readFileSync(await plotFile(csv, { out: join(folder, 'narrow.svg'), width }), 'utf8');
      expect(drawn).toContain(`width="${width}" height="`);
      const sizes = [...drawn.matchAll(/font-size="([\d.]+)px"/g)].map(([, size]) => Number(size) * 0.75);
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(7);
    }
    await expect(plotFile(csv, { width: 90 })).rejects.toThrow(/no room for its panel/);
    expect(['7pt', '1in', '2.54cm'].map((text) => pixelsOfText(text, 'x'))).toEqual([7 * (96 / 72), 96, 96]);
    expect(() => pixelsOfText('9em', '--width')).toThrow(/--width 9em is no length/);
  });
});

describe('a file of a figure', () => {
  it('has the form that its ending says', async () => {
    const csv = join(folder, 'a.csv');
    writeFileSync(csv, rowsToCsv(sampleRows()));
    const starts = { 'a.svg': '<svg ', 'a.PNG': '\x89PNG', 'a.pdf': '%PDF-', 'a.vl.json': '{\n' };
    for (const [name, start] of Object.entries(starts)) {
      const out = await plotFile(csv, { out: join(folder, name) });
      expect(readFileSync(out, 'latin1').startsWith(start)).toBe(true);
    }
    await expect(plotFile(csv, { out: 'x.gif' })).rejects.toThrow(
      /end it in \.svg, \.png, \.pdf or \.vl\.json/,
    );
  });
});
