/** Axes of a figure: where a figure in data units stands, and which ticks a person would choose. */

export interface Scale {
  readonly kind: 'linear' | 'log';
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
  /** 0 at the domain's low end, 1 at its high end. */
  position(value: number): number;
}

/** A log scale a little wider than the positive `values`, with ticks at 1, 2 and 5 times powers of ten. */
export function logScale(values: readonly number[]): Scale {
  const [least, most] = extent(values);
  const ratio = most / least;
  // the quotient of two numbers of float64 may not be one; so much is beyond any figure
  const margin = Math.min(ratio, Number.MAX_VALUE) ** 0.05 * 1.05;
  const domain = [
    Math.max(least / margin, Number.MIN_VALUE),
    Math.min(most * margin, Number.MAX_VALUE),
  ] as const;
  const logarithm = (value: number): number =>
    domain[1] / domain[0] < Number.POSITIVE_INFINITY
      ? Math.log(value / domain[0])
      : Math.log(value) - Math.log(domain[0]);
  const span = logarithm(domain[1]);
  const ticks: number[] = [];
  const decades = span / Math.LN10;
  const steps =
    decades > 3 ? [1] : decades > 1.7 ? [1, 3] : decades > 0.8 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 6, 8];
  for (let e = Math.floor(Math.log10(domain[0])) - 1; e <= Math.ceil(Math.log10(domain[1])); e++) {
    for (const step of steps) {
      const tick = Number(`${step}e${e}`);
      if (tick >= domain[0] && tick <= domain[1]) ticks.push(tick);
    }
  }
  // Within a fraction of a decade, evenly spaced ticks say more than one or two of these.
  const shown = ticks.length > 2 ? ticks : linearScale(domain[0], domain[1], 6).ticks;
  return {
    kind: 'log',
    domain,
    ticks: shown,
    position: (value) => logarithm(value) / span,
  };
}

/** A linear scale from `low` to `high` with about `count` round ticks inside it. */
export function linearScale(low: number, high: number, count: number): Scale {
  const span = high - low || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((multiple) => multiple * power).find((candidate) => candidate >= rough)!;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    ticks.push(Number((i * step).toPrecision(12)));
  }
  return { kind: 'linear', domain: [low, low + span], ticks, position: (value) => (value - low) / span };
}

/** Least and most of at least one figure. */
export function extent(values: readonly number[]): readonly [least: number, most: number] {
  return values.reduce<readonly [number, number]>(
    ([least, most], value) => [Math.min(least, value), Math.max(most, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}
