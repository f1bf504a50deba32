import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { figureSvg, prefixIds } from '../../report/figure.js';
import { placeLabels } from '../../report/labels.js';
import { paretoFront } from '../../report/pareto.js';
import { paretoPlot } from '../../report/plot.js';
import { plotFile } from '../../report/plot-file.js';
import { linearScale, logScale } from '../../report/scale.js';
import { cellsOf, rowOf, rowsToCsv } from '../../sweep/rows.js';
import { summarize } from '../../sweep/summary/summarize.js';
import { sampleRow, sampleRows } from './rows.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-plot-'));
afterAll(() => rmSync(folder, { recursive: true }));
const inFolder = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

describe('figures that cannot be', () => {
  it.each([
    ['edp_pj_ns', '1e-308'],
    ['energy_pj', '1e308'],
    ['delay_ns', '-1'],
    ['accuracy', '1e308'],
    ['accuracy_low', '-0.1'],
    ['baseline', '1.5'],
    ['bits', '1e17'],
  ])('are refused with their column: %s = %s', (column, written) => {
    const cells = { ...cellsOf(sampleRows()[2]!), [column]: written };
    expect(() => rowOf(cells, 2)).toThrow(`row 3, column ${column}: '${written}' cannot be; it is `);
  });
});

describe('the Pareto front', () => {
  it('keeps what nothing else beats, equals once', () => {
    const points = [
      { cost: 2, accuracy: 0.9 },
      { cost: 1, accuracy: 0.8 },
      { cost: 2, accuracy: 0.9 },
      { cost: 3, accuracy: 0.9 },
      { cost: 4, accuracy: 0.95 },
      { cost: 1, accuracy: 0.7 },
    ];
    expect(paretoFront(points)).toEqual([points[1], points[0], points[4]]);
  });

  it('agrees with its definition on many small clouds', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const points = Array.from({ length: 9 }, (_, i) => ({
        cost: (seed * 7 + i * 5 + i * i * seed) % 6,
        accuracy: (seed * 3 + i * 11 + i * i) % 5,
      }));
      const beaten = (p: (typeof points)[0]): boolean =>
        points.some(
          (q) => q.cost <= p.cost && q.accuracy >= p.accuracy && (q.cost < p.cost || q.accuracy > p.accuracy),
        );
      const unbeaten = new Set(points.filter((p) => !beaten(p)).map((p) => `${p.cost} ${p.accuracy}`));
      expect(new Set(paretoFront(points).map((p) => `${p.cost} ${p.accuracy}`))).toEqual(unbeaten);
    }
  });
});

describe('labels', () => {
  it('cover neither each other nor the points while there is room', () => {
    const anchors = Array.from({ length: 8 }, (_, i) => ({
      x: 100 + i * 14,
      y: 100 + i * 3,
      width: 50,
      height: 14,
    }));
    const points = anchors.map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 }));
    const placed = placeLabels(anchors, points, { x: 0, y: 0, width: 400, height: 300 });
    const boxes = [...points, ...placed.map(({ x, y }) => ({ x, y: y - 7, width: 50, height: 14 }))];
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(Math.max(i + 1, points.length))) {
        const apart =
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
  });
});

describe('leaders of labels', () => {
  /** Whether a walk along the line in small steps comes into the box. */
  const crosses = (from: { x: number; y: number }, to: { x: number; y: number }, box: number[]): boolean =>
    Array.from({ length: 201 }, (_, i) => i / 200).some((share) => {
      const [x, y] = [from.x + share * (to.x - from.x), from.y + share * (to.y - from.y)];
      return x > box[0]! + 0.1 && x < box[2]! - 0.1 && y > box[1]! + 0.1 && y < box[3]! - 0.1;
    });

  it('cross no label, nor do labels stand on them, where points lie close', () => {
    const anchors = Array.from({ length: 9 }, (_, i) => ({
      x: 200 + i * 6,
      y: 160 - i * 4,
      width: 80,
      height: 14,
    }));
    const points = anchors.map(({ x, y }) => ({ x: x - 5, y: y - 5, width: 10, height: 10 }));
    const placed = placeLabels(anchors, points, { x: 0, y: 0, width: 500, height: 320 });
    const boxes = placed.map(({ x, y }) => [x, y - 7, x + 80, y + 7]);
    const far = placed.flatMap(({ leader }, i) => (leader === 'line' ? [i] : []));
    expect(far.length).toBeGreaterThan(2);
    for (const i of far) {
      for (const [j, box] of boxes.entries()) {
        if (i !== j) expect(crosses(placed[i]!.from, anchors[i]!, box), `${i} ${j}`).toBe(false);
      }
    }
  });
});

describe('scales', () => {
  it('have ticks a person would choose', () => {
    expect(logScale([90, 3400]).ticks).toEqual([100, 300, 1000, 3000]);
    expect(logScale([10.5, 11.5]).ticks.length).toBeGreaterThan(2);
    // the quotient of the ends is no float64, nor is what a margin beyond them would be
    const { domain, ticks, position } = logScale([5e-324, 1e308]);
    expect(domain.every((end) => end > 0 && Number.isFinite(end))).toBe(true);
    expect(ticks.length).toBeLessThan(700);
    expect([position(domain[0]), position(domain[1])]).toEqual([0, 1]);
    expect(linearScale(0, 1, 5).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    expect(logScale([1, 100]).position(10)).toBeCloseTo(0.5, 12);
  });
});

describe('the figure of a sweep', () => {
  it('has the same bytes again, names its front and states interval, cost source and band', async () => {
    const svg = await figureSvg(paretoPlot(summarize(sampleRows())));
    expect(await figureSvg(paretoPlot(summarize(sampleRows())))).toBe(svg);
    for (const text of [
      'Accuracy and energy-delay product: lenet5 on strokes',
      'with 95 % intervals on 1000 test images.',
      'on 1 multiply-accumulate unit by library45, error band area ±15 %.',
      'Energy-delay product of one inference (µJ·µs, log scale)',
      'float32 96.00 %',
      'fixed6q4',
      'float8e4m3',
    ]) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toContain('>posit5es1<');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('draws every axis, several networks, a perfect score and a single row', async () => {
    const perfect = sampleRow('posit8es2', 1000, { energy: 2, delay: 3 });
    const other = sampleRow('posit8es2', 800, { energy: 2, delay: 3 }, { dataset: 'iris' });
    for (const rows of [[...sampleRows(), perfect], [perfect], [...sampleRows(), other]]) {
      for (const axis of ['edp', 'energy', 'delay', 'bits'] as const) {
        expect(await figureSvg(paretoPlot(summarize(rows), { axis }))).not.toMatch(/NaN|undefined|Infinity/);
      }
    }
  });

  it('refuses rows of two sources or two numbers of units until one is chosen', () => {
    const two = [...sampleRows(), sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { cost: 'other' })];
    expect(() => paretoPlot(summarize(two))).toThrow(/2 sources .* choose one with --source/);
    expect(() => paretoPlot(summarize(two), { source: 'other' })).not.toThrow();
    expect(() => paretoPlot(summarize(two), { source: 'none' })).toThrow(
      /by source none; there is library45, other/,
    );
    const units = [...sampleRows(), sampleRow('posit8es1', 950, { energy: 1, delay: 1 }, { units: 16 })];
    expect(() => paretoPlot(summarize(units))).toThrow(/1, 16 units.*--units/);
    expect(() => paretoPlot(summarize(units), { units: 16 })).not.toThrow();
  });

  it('is written whole from a CSV, and bad files are one line', async () => {
    const csv = inFolder('good.csv', rowsToCsv(sampleRows()));
    const file = await plotFile(csv, {});
    expect(readFileSync(file, 'utf8')).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
    await expect(plotFile(join(folder, 'none.csv'), {})).rejects.toThrow(/does not exist/);
    await expect(plotFile(folder, {})).rejects.toThrow(/is a directory/);
    await expect(plotFile(inFolder('empty.csv', ''), {})).rejects.toThrow(/lacks the column/);
    await expect(plotFile(inFolder('head.csv', rowsToCsv([])), {})).rejects.toThrow(/no rows/);
    await expect(plotFile(csv, { out: 'x.gif' })).rejects.toThrow(/end it in .svg/);
    const broken = rowsToCsv(sampleRows()).replace('0.948000', 'much');
    await expect(plotFile(inFolder('broken.csv', broken), {})).rejects.toThrow(/row 5, column accuracy/);
  });
});

describe('figures', () => {
  it('of a nonsensical specification are an error in one line', async () => {
    await expect(figureSvg({ mark: 'nope' } as never)).rejects.toThrow(/cannot be drawn/);
  });

  it('can stand beside each other in a page', () => {
    expect(prefixIds('<g id="a"/><use href="#a" clip-path="url(#a)"/>', 'f1')).toBe(
      '<g id="f1-a"/><use href="#f1-a" clip-path="url(#f1-a)"/>',
    );
  });
});
