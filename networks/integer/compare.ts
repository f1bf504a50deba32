/**
 * How often the ways to requantize give other codes on a network: layer by layer, each from the same inputs so that nothing adds up, and
 * the whole network through.
 */
import { REQUANTIZATIONS, type Requantization } from '../../emac/layer/choices.js';
import type { IntegerGraph, Values } from './graph.js';
import { kernelRunner } from './kernel-run.js';
import type { IntegerRunner } from './run.js';

/** What the others are compared with. */
export const BASE: Requantization = 'gemmlowp';
export const OTHERS = REQUANTIZATIONS.filter((mode) => mode !== BASE);

/** Codes compared, and by mode how many differ from `BASE` and by how much at most. */
export interface CodeDifferences {
  readonly codes: number;
  readonly differing: Readonly<Record<string, number>>;
  readonly largest: Readonly<Record<string, number>>;
}

export interface StepDifferences extends CodeDifferences {
  readonly step: string;
  readonly kind: string;
}

export interface NetworkDifferences extends CodeDifferences {
  readonly records: number;
  /** By mode, records whose largest output stands elsewhere; the first of equals counts. */
  readonly classes: Readonly<Record<string, number>>;
}

class Counter {
  codes = 0;
  readonly differing = Object.fromEntries(OTHERS.map((mode) => [mode, 0]));
  readonly largest = Object.fromEntries(OTHERS.map((mode) => [mode, 0]));

  count(mode: Requantization, base: Values, other: Values): void {
    for (let i = 0; i < base.length; i++) {
      const away = Math.abs(base[i]! - other[i]!);
      if (away === 0) continue;
      this.differing[mode]!++;
      this.largest[mode] = Math.max(this.largest[mode]!, away);
    }
  }
}

function classOf(values: Values): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Takes records one after another. */
export class RequantizationComparison {
  readonly #base: IntegerRunner;
  readonly #others: readonly (readonly [Requantization, IntegerRunner])[];
  readonly #steps: readonly Counter[];
  readonly #whole = new Counter();
  readonly #classes = Object.fromEntries(OTHERS.map((mode) => [mode, 0]));
  #records = 0;

  constructor(private readonly graph: IntegerGraph) {
    this.#base = kernelRunner(graph, BASE);
    this.#others = OTHERS.map((mode) => [mode, kernelRunner(graph, mode)] as const);
    this.#steps = graph.steps.map(() => new Counter());
  }

  /** Little-endian bytes of the inputs, one after another. */
  take(record: Uint8Array): void {
    const { graph } = this;
    const { values } = this.#base;
    let at = 0;
    for (const input of graph.inputs) {
      const { buffer, byteOffset, byteLength } = values[input]!;
      new Uint8Array(buffer, byteOffset, byteLength).set(record.subarray(at, at + byteLength));
      at += byteLength;
    }
    graph.steps.forEach((step, index) => {
      this.#base.step(index);
      const counter = this.#steps[index]!;
      counter.codes += values[step.output]!.length;
      for (const [mode, other] of this.#others) {
        for (const input of step.inputs) other.values[input]!.set(values[input]!);
        other.step(index);
        counter.count(mode, values[step.output]!, other.values[step.output]!);
      }
    });
    this.#through();
    this.#records++;
  }

  #through(): void {
    const { inputs, outputs } = this.graph;
    const { values } = this.#base;
    for (const [mode, other] of this.#others) {
      for (const input of inputs) other.values[input]!.set(values[input]!);
      other.run();
      for (const output of outputs) this.#whole.count(mode, values[output]!, other.values[output]!);
      const [first] = outputs as [number];
      if (classOf(values[first]!) !== classOf(other.values[first]!)) this.#classes[mode]!++;
    }
    for (const output of outputs) this.#whole.codes += values[output]!.length;
  }

  steps(): readonly StepDifferences[] {
    return this.graph.steps.map(({ name, kind }, index) => {
      const { codes, differing, largest } = this.#steps[index]!;
      return { step: name, kind, codes, differing, largest };
    });
  }

  network(): NetworkDifferences {
    const { codes, differing, largest } = this.#whole;
    return { records: this.#records, codes, differing, largest, classes: this.#classes };
  }
}
