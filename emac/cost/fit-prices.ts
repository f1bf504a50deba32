/** From the coefficients of a fit to prices of every component: what was measured, and what is composed of it. */
import { COMPONENTS, type Component } from './components.js';
import type { ComponentSource, Quantity } from './source.js';

/** What a fit gave. */
export type Prices = Required<Omit<Quantity, 'included'>>;

export type Preload = 'bias' | 'clear';

/** What every unit has in proportion to the features of its size: its price is in theirs. */
const IN_SIZE: readonly Component[] = [
  'count-bits',
  'round-adder-bits',
  'register-bits',
  'float-round',
  'posit-round',
  'float-shift',
  'series',
];

/** Bits of s, for which loops are composed. */
const SCALE_BITS = 16;

interface Composition {
  readonly component: Component;
  readonly of: Component;
  readonly times: number;
}

const multiplexers = (component: Component): Composition => ({ component, of: 'align-mux-bits', times: 1 });
const cells = (component: Component, times: number): Composition => ({
  component,
  of: 'multiplier-cells',
  times,
});
const accumulatorBits = (component: Component): Composition => ({
  component,
  of: 'accumulator-bits',
  times: 1,
});

/** A loop of r bits a cycle has r · 16 multiplier cells, and evaluates 16 for every bit of the sum. */
const LOOP_CELLS = [cells('loop2-constant', 2 * SCALE_BITS), cells('loop8-constant', 8 * SCALE_BITS)];
const LOOP_WORK = [cells('loop2-bits', SCALE_BITS), cells('loop8-bits', SCALE_BITS)];
const LOOP_WIDTHS: readonly Component[] = ['loop2-bits', 'loop8-bits'];
const LOOP_CONSTANTS: readonly Component[] = ['loop2-constant', 'loop8-constant'];
/** A bit of the accumulator is a flip-flop and an adder, so these are priced generously. */
const FLIP_FLOPS = [
  accumulatorBits('isolation-bits'),
  accumulatorBits('requantize-register-bits'),
  accumulatorBits('code-sum-bits'),
];
const SHIFTERS = [multiplexers('saturate-bits'), multiplexers('shift-mux-bits')];

/** The prices of parts that are composed; those of which nothing was measured have none. */
function pricesOf(prices: Prices, parts: readonly Composition[]): Quantity['coefficients'] {
  return Object.fromEntries(
    parts.flatMap(({ component, of, times }) => {
      const price = prices.coefficients[of];
      // four digits, as the fit itself has
      return price === undefined ? [] : [[component, Number((price * times).toPrecision(4))]];
    }),
  );
}

function composed(prices: Prices, parts: readonly Composition[], included: readonly Component[]): Quantity {
  const more = pricesOf(prices, parts);
  const words = parts
    .filter(({ component }) => component in more)
    .map(({ component, of }) => `${component} priced as ${of}`);
  return {
    ...prices,
    coefficients: { ...prices.coefficients, ...more },
    included: [...included],
    from: `${prices.from}; not measured: ${words.join(', ') || 'saturation and s'}`,
  };
}

function preloading(preload: Preload): readonly Composition[] {
  return preload === 'clear' ? [multiplexers('preload-bits')] : [];
}

export function areaOf(prices: Prices, preload: Preload): Quantity {
  const parts = [...SHIFTERS, cells('requantize-cells', 1), ...LOOP_CELLS, ...FLIP_FLOPS];
  const paid: Component[] = preload === 'bias' ? ['preload-bits'] : [];
  return composed(prices, [...parts, ...preloading(preload)], [...paid, ...IN_SIZE, ...LOOP_WIDTHS]);
}

/** Flip-flops stand beside look-up tables, so those of a requantizer take none. */
export function lutsOf(prices: Prices, preload: Preload): Quantity {
  const parts = [...SHIFTERS, cells('requantize-cells', 1), ...LOOP_CELLS, accumulatorBits('code-sum-bits')];
  const paid: Component[] = preload === 'bias' ? ['preload-bits'] : [];
  return composed(
    prices,
    [...parts, ...preloading(preload)],
    [...paid, 'isolation-bits', 'requantize-register-bits', ...IN_SIZE, ...LOOP_WIDTHS],
  );
}

/** The multiplication by s and the preload are worked out once a dot product; flip-flops are clocked in every cycle. */
export function energyOf(
  prices: Prices,
  preload: Preload,
): Pick<ComponentSource, 'energyPerMac' | 'energyPerDot'> {
  const once = [
    ...preloading(preload),
    multiplexers('shift-mux-bits'),
    cells('requantize-cells', 1),
    ...LOOP_WORK,
  ];
  const perMac = composed(
    prices,
    [multiplexers('saturate-bits'), ...FLIP_FLOPS],
    ['preload-bits', ...IN_SIZE, ...LOOP_CONSTANTS],
  );
  const coefficients = pricesOf(prices, once);
  const names = once.map(({ component }) => component);
  if (Object.keys(coefficients).length === 0) return { energyPerMac: { unit: 'pJ', ...perMac } };
  return {
    energyPerMac: { unit: 'pJ', ...perMac, included: [...perMac.included, ...names] },
    energyPerDot: {
      unit: 'pJ',
      coefficients,
      included: COMPONENTS.filter((name) => !names.includes(name)),
      from: 'not measured: one evaluation, priced as multiplexers and multiplier cells',
    },
  };
}
