/** Constants of a step in C: arrays of integers in lines of a fixed width, structs, and how many bytes they take. */
import type { Window } from '../../../emac/layer/window.js';
import { MOST_AXES, type Rescale } from '../integers.js';
import { commentOf } from './identifiers.js';

const WIDTH = 100;

/** Bytes of an element on the machine that runs the program. */
export const ELEMENT_BYTES = { int8: 1, uint8: 1, int16: 2, int32: 4, int64: 8, uint64: 8 } as const;
export type ElementType = keyof typeof ELEMENT_BYTES;

export class Constants {
  readonly lines: string[] = [];
  /** Of all arrays; structs, a few words each, are not counted. */
  bytes = 0;
  readonly #shared = new Set<string>();

  /** Integers beyond 2^53 as decimals. */
  array(type: ElementType, name: string, values: readonly (number | string)[]): void {
    this.bytes += values.length * ELEMENT_BYTES[type];
    this.lines.push(`static const ${type}_t ${name}[${values.length}] = {`, ...wrapped(values, type), '};');
  }

  /** An array that several steps read: written for the first of them. */
  once(type: ElementType, name: string, values: readonly (number | string)[], comment: string): void {
    if (this.#shared.has(name)) return;
    this.#shared.add(name);
    this.lines.push(`/* ${commentOf(comment)} */`);
    this.array(type, name, values);
  }

  window(name: string, w: Window): void {
    const fields = [
      [w.inHeight, w.inWidth, w.inChannels],
      [w.kernelHeight, w.kernelWidth],
      [w.strideY, w.strideX, w.padTop, w.padLeft, w.dilationY, w.dilationX],
      [w.outHeight, w.outWidth],
    ];
    this.struct('window', name, fields.map((part) => part.join(', ')).join(', '));
  }

  struct(struct: string, name: string, fields: string): void {
    this.lines.push(`static const struct ${struct} ${name} = {${fields}};`);
  }

  /** Indices of every axis; axes of one index stand before those that there are. */
  pick(
    layer: string,
    axes: readonly (readonly number[])[],
    shape: readonly number[],
    zeroPoint: number,
  ): void {
    const missing = MOST_AXES - axes.length;
    const names = axes.map((axis, i) => {
      this.array('int32', `${layer}_axis_${i}`, axis);
      return `${layer}_axis_${i}`;
    });
    if (missing > 0) this.array('int32', `${layer}_axis_none`, [0]);
    const ones = new Array<number>(missing).fill(1);
    const fields = [
      [...ones.map(() => `${layer}_axis_none`), ...names],
      [...ones, ...axes.map(({ length }) => length)],
      [...ones, ...shape],
    ];
    this.struct(
      'pick',
      `${layer}_pick`,
      `${fields.map((list) => `{${list.join(', ')}}`).join(', ')}, ${zeroPoint}`,
    );
  }

  /** The struct `<layer>_rescale<part>` and its arrays; `part` is empty, or says which of a layer's. */
  rescale(layer: string, rescale: Rescale, part = ''): void {
    const shifts = `${layer}_shifts${part}`;
    const factors = this.#factors(layer, rescale, part);
    this.array('int8', shifts, rescale.shifts);
    const struct = rescale.rounding === 'exact' ? 'ratio' : 'rescale';
    const each = rescale.shifts.length === 1 ? 0 : 1;
    this.struct(struct, `${layer}_rescale${part}`, [...factors, shifts, each].join(', '));
  }

  #factors(layer: string, rescale: Rescale, part: string): readonly string[] {
    const own = (what: string): string => `${layer}_${what}${part}`;
    if (rescale.rounding !== 'exact') {
      this.array('int32', own('multipliers'), rescale.multipliers);
      return [own('multipliers')];
    }
    this.array('uint64', own('numerators'), rescale.numerators);
    this.array('uint64', own('denominators'), rescale.denominators);
    return [own('numerators'), own('denominators')];
  }
}

function wrapped(values: readonly (number | string)[], type: ElementType): readonly string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const value of values) {
    const text = ` ${literal(value, type)},`;
    if (line.length + text.length > WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += text;
  }
  return [...lines, line];
}

/** C reads −2147483648 as the negation of a number that int has not. */
function literal(value: number | string, type: ElementType): string {
  if (type === 'uint64') return `UINT64_C(${value})`;
  if (type === 'int64') return `INT64_C(${value})`;
  return Number(value) === -(2 ** 31) ? 'INT32_MIN' : String(value);
}

/** The type's own name in C. */
export const typeOf = (type: ElementType): string => `${type}_t`;
