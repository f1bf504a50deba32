/** One unit of work of a sweep: everything its rows depend on but the bytes of weights and images. */
import { quantizerName } from '../quantizers/quantizer.js';
import { AXES, type Axis } from './axes.js';
import { GRAMMARS, type NamedValues, type WrittenNames } from './axis-values.js';
import type { FieldValues } from './fields.js';

type AxisOf<Decides extends Axis['decides']> = Extract<(typeof AXES)[number], { readonly decides: Decides }>;

/** What a point has of an axis. */
type ValueOf<Values> = Values extends { readonly kind: 'words'; readonly words: readonly (infer Word)[] }
  ? Word
  : Values extends { readonly kind: 'names'; readonly of: infer Kind extends keyof NamedValues }
    ? NamedValues[Kind]
    : number;

type WrittenOf<Values> = Values extends {
  readonly kind: 'names';
  readonly of: infer Kind extends keyof WrittenNames;
}
  ? WrittenNames[Kind]
  : ValueOf<Values>;

/** The value of every axis that decides codes. */
export type AxisPoint = { readonly [One in AxisOf<'codes'> as One['name']]: ValueOf<One['values']> };

/** The values of every axis that decides prices: each combination gives a row of its own, from the same run. */
export type PriceAxes = {
  readonly [One in AxisOf<'price'> as One['name']]: readonly WrittenOf<One['values']>[];
};

export interface Point extends AxisPoint, PriceAxes {
  /** The first so many. */
  readonly testImages: number | 'all';
}

/** A point in names and numbers alone: plain data, the same on every machine that knows the names. */
export type WrittenPoint = {
  readonly [One in AxisOf<'codes'> as One['name']]: WrittenOf<One['values']>;
} & PriceAxes &
  Pick<Point, 'testImages'>;

/** The axes that tell points apart. */
export const CODE_AXES: readonly Axis[] = AXES.filter(({ decides }) => decides === 'codes');

type AnyGrammar = { read(written: unknown): unknown; write(value: unknown): unknown };

function grammarOf(values: FieldValues): AnyGrammar | undefined {
  return values.kind === 'names' ? (GRAMMARS[values.of] as AnyGrammar) : undefined;
}

/** The value of an axis as it is written: words and numbers as they are. */
export function writeValue(axis: Axis, value: unknown): unknown {
  return grammarOf(axis.values)?.write(value) ?? value;
}

/** Throws UserError for a name that is not known. */
export function readValue(axis: Axis, written: unknown): unknown {
  return grammarOf(axis.values)?.read(written) ?? written;
}

/** Of anything that has them, the axes that decide prices. */
export function priceAxes({ cost, units, requantizer, lanes }: PriceAxes): PriceAxes {
  return { cost, units, requantizer, lanes };
}

export function writePoint(point: Point): WrittenPoint {
  const written = CODE_AXES.map((axis) => [axis.name, writeValue(axis, point[axis.name as keyof AxisPoint])]);
  const { testImages } = point;
  return { ...Object.fromEntries(written), testImages, ...priceAxes(point) } as WrittenPoint;
}

/** Throws UserError for a name that is not registered in this thread. */
export function readPoint(written: WrittenPoint): Point {
  const read = CODE_AXES.map((axis) => [axis.name, readValue(axis, written[axis.name as keyof AxisPoint])]);
  const { testImages } = written;
  return { ...Object.fromEntries(read), testImages, ...priceAxes(written) } as Point;
}

/** What a person calls a point among others: its formats and its quantizer. */
export function pointTitle(point: Point): string {
  return `${point.format.label} ${quantizerName(point.quantizer)}`;
}
