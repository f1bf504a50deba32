/**
 * From a spec to its points: every field resolved, in an order that never changes. Pairs that cannot be
 * (affine under rounding, a policy the format lacks) are left out and counted by reason; points that would
 * give the same codes (fixed under linear with different fraction bits) are kept once.
 */
import { accumulatorName, parseAccumulator } from '../emac/layer/choices.js';
import { UserError } from '../errors.js';
import type { OverflowPolicy, RoundingMode, Underflow } from '../formats/format.js';
import { formatFamilies, getFormat, openFormats } from '../formats/registry.js';
import { getDataflow } from '../networks/dataflows/registry.js';
import { parseQuantizer, quantizerName } from '../quantizers/quantizer.js';
import { type FormatChoice, operandFormats, SCALE_NOTE, scaledChoice } from './scaled-formats.js';
import type { FormatEntry, SweepSpec } from './spec.js';

/** One unit of work: everything a row depends on but the bytes of weights and images. */
export interface Point {
  readonly images: number | 'all';
  readonly choice: FormatChoice;
  readonly quantizer: string;
  readonly granularity: 'tensor' | 'channel';
  readonly mode: RoundingMode;
  readonly policy: OverflowPolicy;
  readonly underflow: Underflow;
  readonly scaleBits: number;
  readonly bias: 'accumulator' | 'format';
  readonly accumulator: string;
  readonly logits: 'rounded' | 'accumulator';
  /** Of the registry; never one without encodings, which is the baseline's. */
  readonly dataflow: string;
  readonly calibrationImages: number;
  readonly seed: number;
  /** Each gives a row of its own, from the same run. */
  readonly costs: readonly string[];
  readonly units: readonly number[];
}

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

/** More than a year of points is a mistake in the spec. */
const MOST_COMBINATIONS = 200_000;

/** One format everywhere; `fixed8` leaves its fraction bits open. */
function uniform(name: string): FormatChoice {
  const fraction = openFormats(name) ? 'best' : 'given';
  const format = fraction === 'best' ? name : getFormat(name).name;
  return { label: format, fraction, formats: { weights: format, activations: format, layers: {} } };
}

/** Every format of the grid must be possible but those the grid itself rules out. */
function choicesOf(entry: FormatEntry): FormatChoice[] {
  const choices = (entry.names ?? []).map(uniform);
  for (const { name, grid } of formatFamilies()) {
    const values = entry.families?.[name];
    if (values && grid) choices.push(...grid.names(values).map(uniform));
  }
  if (entry.weights !== undefined && entry.activations !== undefined) {
    const layers = entry.layers ?? {};
    choices.push({
      label: entry.name ?? `${entry.weights}/${entry.activations}`,
      fraction: 'given',
      formats: { weights: entry.weights, activations: entry.activations, layers },
    });
  }
  return choices;
}

/** Why a combination cannot be, or undefined. */
function impossible(point: Point): string | undefined {
  const { kind } = parseQuantizer(point.quantizer);
  const { weights, activations } = operandFormats(point.choice);
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
  if (parseAccumulator(point.accumulator).kind === 'per-op') {
    if (formats.length > 1) return 'mixed formats with accumulator per-op';
    if (formats[0]!.zeroPoints === 'integer') return `${formats[0]!.family} with accumulator per-op`;
  }
  return undefined;
}

/** The one spelling among points that give the same codes. */
function canonical(point: Point): Point {
  let { granularity, quantizer } = point;
  const how = parseQuantizer(quantizer);
  if (how.kind === 'rounding') granularity = 'tensor';
  if (how.kind === 'linear') {
    const { weights, activations } = operandFormats(point.choice);
    if ([...weights, ...activations].every((format) => format.scaleRule === 'pow2')) {
      quantizer = quantizerName({ ...how, scales: 'pow2' });
    }
  }
  // choices that do not exist in a dataflow do not tell points apart
  const { accumulator, ...fixed } = getDataflow(point.dataflow).fixed;
  const named = accumulator === undefined ? {} : { accumulator: accumulatorName(accumulator) };
  return { ...point, granularity, quantizer, ...fixed, ...named };
}

/** All combinations of the lists, the last one fastest. */
function* product<Axes extends Record<string, readonly unknown[]>>(
  axes: Axes,
): Generator<{ [Key in keyof Axes]: Axes[Key][number] }> {
  const keys = Object.keys(axes);
  const total = keys.reduce((count, key) => count * axes[key]!.length, 1);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const values: Record<string, unknown> = {};
    for (const key of [...keys].reverse()) {
      const axis = axes[key]!;
      values[key] = axis[rest % axis.length];
      rest = Math.floor(rest / axis.length);
    }
    yield values as { [Key in keyof Axes]: Axes[Key][number] };
  }
}

/** Expands a spec. Pure. Throws UserError for a grid with an impossible format or with too many points. */
export function planSweep(spec: SweepSpec): SweepPlan {
  const choices: FormatChoice[] = [];
  for (const entry of spec.formats) {
    choices.push(...choicesOf(entry));
    if (choices.length > MOST_COMBINATIONS) throw tooManyPoints(spec, `more than ${MOST_COMBINATIONS}`);
  }
  const axes = {
    seed: spec.seeds,
    choice: choices,
    quantizer: spec.quantizers,
    granularity: spec.granularity,
    mode: spec.modes,
    policy: spec.policies,
    underflow: spec.underflow,
    scaleBits: spec.scaleBits,
    bias: spec.bias,
    accumulator: spec.accumulators,
    logits: spec.logits,
    dataflow: spec.dataflow,
    calibrationImages: spec.calibrationImages,
  };
  const combinations = Object.values(axes).reduce((count, axis) => count * axis.length, 1);
  if (combinations > MOST_COMBINATIONS) {
    throw tooManyPoints(spec, combinations);
  }
  const points = new Map<string, Point>();
  const skipped = new Map<string, number>();
  const notes = new Set<string>();
  let merged = 0;
  for (const { dataflow, ...values } of product(axes)) {
    // the float32 baseline is in every sweep already, once a seed
    if (getDataflow(dataflow).encodings === 'none') continue;
    const choice = scaledChoice(values.choice, parseQuantizer(values.quantizer));
    const raw: Point = {
      images: spec.images,
      ...values,
      choice,
      dataflow,
      costs: spec.cost,
      units: spec.units,
    };
    const reason = impossible(raw);
    if (reason !== undefined) {
      skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
      continue;
    }
    if (choice !== values.choice) notes.add(SCALE_NOTE);
    const point = canonical(raw);
    const key = JSON.stringify(point);
    if (points.has(key)) merged++;
    else points.set(key, point);
  }
  return { seeds: spec.seeds, points: [...points.values()], skipped, merged, notes: [...notes] };
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
