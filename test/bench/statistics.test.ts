import { describe, expect, it, vi } from 'vitest';
import { race } from '../../bench/race.js';
import { csvOf, spreadColumns } from '../../bench/rows.js';
import { median, speedRatio, spreadOf } from '../../bench/statistics.js';

describe('statistics of the benches', () => {
  it('the median is the middle, or the mean of the middle two', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([10, 1, 2, 4])).toBe(3);
    expect(median([7])).toBe(7);
    expect(median([])).toBeNaN();
    expect(median([10, 9, 100])).toBe(10);
  });

  it('a spread leaves out what was not measured', () => {
    expect(spreadOf([4, Number.NaN, 2, 9])).toEqual({ median: 4, min: 2, max: 9, count: 3 });
    expect(spreadOf([Number.NaN]).count).toBe(0);
  });

  it('ratios of speed are taken round by round, before the median', () => {
    // the machine was ten times slower in the middle round; the ratio of medians would be 12 / 10
    expect(speedRatio([10, 100, 1], [20, 200, 12])).toEqual({ median: 2, min: 2, max: 12, count: 3 });
    expect(speedRatio([10, 10], [5, Number.NaN])).toEqual({ median: 0.5, min: 0.5, max: 0.5, count: 1 });
    expect(speedRatio([10, 10], [5]).count).toBe(1);
  });
});

describe('rows', () => {
  it('a CSV has the columns of all rows, cells that need it in quotes, and n/a for what is missing', () => {
    expect(
      csvOf([
        { name: 'a,b', x: 1 },
        { name: 'c', y: 0.5 },
      ]),
    ).toBe('name,x,y\n"a,b",1,n/a\nc,n/a,0.5\n');
  });

  it('a spread is three columns of four digits', () => {
    expect(spreadColumns('speed', { median: 1.23456, min: 1, max: 123_456, count: 3 })).toEqual({
      speed_median: 1.235,
      speed_min: 1,
      speed_max: 123_500,
    });
    expect(spreadColumns('speed', undefined).speed_median).toBe('n/a');
    expect(spreadColumns('speed', spreadOf([])).speed_min).toBe('n/a');
  });
});

describe('races', () => {
  it('contestants take turns, each round led by the next', async () => {
    const runs: string[] = [];
    const contestant = (name: string) => ({ name, run: () => void runs.push(name) });
    const times = await race([contestant('a'), contestant('b'), contestant('c')], {
      rounds: 3,
      slice: 0,
      patience: 1000,
    });
    expect(runs.slice(-9).join('')).toBe('abcbcacab');
    expect([...times.values()].map((own) => own.length)).toEqual([3, 3, 3]);
  });

  it('a slow one sits out when its patience is used up', async () => {
    // a clock that only their work moves
    let now = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now);
    const contestant = (name: string, time: number) => ({
      name,
      run() {
        now += time;
      },
    });
    const times = await race([contestant('slow', 5), contestant('fast', 0.0625)], {
      rounds: 4,
      slice: 0,
      patience: 1,
    });
    clock.mockRestore();
    const taken = times.get('slow')!.map((time) => !Number.isNaN(time));
    expect(taken).toEqual([true, false, false, false]);
    expect(times.get('fast')).toEqual([0.0625, 0.0625, 0.0625, 0.0625]);
  });

  it('two of one name are an error', async () => {
    const one = { name: 'a', run() {} };
    await expect(race([one, one], { rounds: 1, slice: 0, patience: 1 })).rejects.toThrow('two contestants');
  });
});
