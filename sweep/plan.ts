/**
 * From a spec to its points: every field resolved, in an order that never changes. Pairs that cannot be
 * (affine under rounding, a policy the format lacks) are left out and counted by reason; points that would
 * give the same codes (fixed under linear with different fraction bits) are kept once.
 */
import { UserError } from '../errors.js';
import type { Axis } from './axes.js';
import { operandFormats, SCALE_NOTE, scaledChoice } from './choice.js';
import { choicesOf } from './format-entry.js';
import { type AxisPoint, CODE_AXES, type Point, priceAxes, readValue, writePoint } from './point.js';
import type { SweepSpec } from './spec.js';

export interface SweepPlan {
  /** One float32 baseline a seed. */
  readonly seeds: readonly number[];
  readonly points: readonly Point[];
  /** Combinations left out, by reason. */
  readonly skipped: ReadonlyMap<string, number>;
  /** Combinations that give the same codes as an earlier one. */
  readonly merged: number;
  /** What a reader of the rows should know, a line each. */
  readonly notes: readonly string[];
}

/** Most combinations of a spec: more would run for months, so they must be a mistake. */
const MOST_COMBINATIONS = 200_000;

/** Why a combination cannot be, or undefined. */
function impossible(point: Point): string | undefined {
  const { kind } = point.quantizer;
  const { weights, activations } = operandFormats(point.format);
  const formats = [...new Set([...weights, ...activations])];
  const unquantizable = formats.find((format) => !format.quantizers.includes(kind));
  if (unquantizable) return `${unquantizable.family} under ${kind}`;
  const unlimited = formats.find((format) => !format.policies.includes(point.policy));
  if (unlimited) return `${unlimited.family} with policy ${point.policy}`;
  const lossless = formats.find((format) => !format.underflows.includes(point.underflow));
  if (lossless) return `${lossless.family} with underflow ${point.underflow}`;
  // an unsigned weight would need a zero point a channel; activations have one scale and one zero point anyway
  const offset = weights.find((format) => format.zeroPoints === 'integer' && format.facts.min >= 0);
  if (offset && point.granularity === 'channel')
    return `${offset.family} (unsigned) weights with granularity channel`;
  if (point.accumulator.kind === 'per-op') {
    if (formats.length > 1) return 'mixed formats with accumulator per-op';
    if (formats[0]!.zeroPoints === 'integer') return `${formats[0]!.family} with accumulator per-op`;
  }
  const { granularity, mode, dataflow } = point;
  return dataflow.refuses?.({ weights, activations, granularity, mode });
}

/** The point that stands for all points with the same codes. */
function canonical(point: Point): Point {
  let { granularity, quantizer } = point;
  if (quantizer.kind === 'rounding') granularity = 'tensor';
  if (quantizer.kind === 'linear') {
    const { weights, activations } = operandFormats(point.format);
    if ([...weights, ...activations].every((format) => format.scaleRule === 'pow2')) {
      quantizer = { ...quantizer, scales: 'pow2' };
    }
  }
  // points that differ only in a choice their dataflow does not have are the same
  return { ...point, granularity, quantizer, ...point.dataflow.fixed };
}

/** All combinations of the lists, the last one fastest. */
function* product(lists: Readonly<Record<string, readonly unknown[]>>): Generator<Record<string, unknown>> {
  const entries = Object.entries(lists).reverse();
  const total = entries.reduce((count, [, list]) => count * list.length, 1);
  for (let i = 0; i < total; i++) {
    let left = i;
    const values: Record<string, unknown> = {};
    for (const [name, list] of entries) {
      values[name] = list[left % list.length];
      left = Math.floor(left / list.length);
    }
    yield values;
  }
}

/** The seed changes slowest, then the axes in their order. */
const PLAN_ORDER: readonly Axis[] = [
  ...CODE_AXES.filter(({ name }) => name === 'seed'),
  ...CODE_AXES.filter(({ name }) => name !== 'seed'),
];

/** The values of every axis, in the order of the plan. */
function axisLists(spec: SweepSpec): Record<string, readonly unknown[]> {
  const choices = [];
  for (const entry of spec.format) {
    choices.push(...choicesOf(entry));
    if (choices.length > MOST_COMBINATIONS) throw tooManyPoints(spec, `more than ${MOST_COMBINATIONS}`);
  }
  const lists: Record<string, readonly unknown[]> = { format: choices };
  return Object.fromEntries(
    PLAN_ORDER.map((axis) => {
      const written = spec[axis.name as keyof AxisPoint] as readonly unknown[];
      return [axis.name, lists[axis.name] ?? written.map((value) => readValue(axis, value))];
    }),
  );
}

/** Expands a spec. Pure. Throws UserError for a grid with an impossible format or with too many points. */
export function planSweep(spec: SweepSpec): SweepPlan {
  const lists = axisLists(spec);
  const combinations = Object.values(lists).reduce((count, list) => count * list.length, 1);
  if (combinations > MOST_COMBINATIONS) throw tooManyPoints(spec, combinations);
  const { testImages } = spec;
  const prices = priceAxes(spec);
  const points = new Map<string, Point>();
  const skipped = new Map<string, number>();
  const notes = new Set<string>();
  let merged = 0;
  for (const values of product(lists) as Iterable<AxisPoint>) {
    // the float32 baseline is in every sweep already, once a seed
    if (values.dataflow.encodings === 'none') continue;
    const format = scaledChoice(values.format, values.quantizer);
    const raw: Point = { ...values, format, testImages, ...prices };
    const reason = impossible(raw);
    if (reason !== undefined) {
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      continue;
    }
    if (format !== values.format) notes.add(SCALE_NOTE);
    const point = canonical(raw);
    const key = JSON.stringify(writePoint(point));
    if (points.has(key)) merged++;
    else points.set(key, point);
  }
  return { seeds: spec.seed, points: [...points.values()], skipped, merged, notes: [...notes] };
}

function tooManyPoints({ name }: SweepSpec, found: number | string): UserError {
  return new UserError(
    `sweep ${name} has ${found} combinations; at most ${MOST_COMBINATIONS} are allowed: split it`,
  );
}

/** `62 points and 1 baseline; left out: 4 affine under rounding; 8 the same as another`. */
export function describePlan(plan: SweepPlan): string {
  const baselines =
    plan.seeds.length === 1 ? 'the float32 baseline' : `${plan.seeds.length} float32 baselines`;
  const left = [...plan.skipped].map(([reason, count]) => `${count} × ${reason}`);
  const { length } = plan.points;
  const parts = [`${length} point${length === 1 ? '' : 's'} and ${baselines}`];
  if (left.length > 0) parts.push(`impossible, left out: ${left.join(', ')}`);
  if (plan.merged > 0) parts.push(`same as another, kept once: ${plan.merged}`);
  return [...parts, ...plan.notes].join('; ');
}
