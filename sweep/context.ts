/** What all points of a sweep share, as plain data over shared buffers: what its workers are given. */
import type { Dataset } from '../datasets/dataset.js';
import type { CalibrationData } from '../networks/calibration.js';
import type { MacStep, Program } from '../networks/program.js';

/** A trained network with what was measured of it once: calibrations and the float32 baseline. */
export interface SeedContext {
  readonly seed: number;
  /** Lowered, its weights and biases over shared buffers. */
  readonly program: Program;
  readonly weightsHash: string;
  /** Name of the data set the weights were trained on; undefined where nobody says. */
  readonly trainedOn: string | undefined;
  /** Class of each test image by the float dataflow. */
  readonly baseline: Int32Array;
  /** Training images that the weights were not trained on, and how many of them the float dataflow has right; undefined where nobody says which. */
  readonly validation: { readonly indices: Uint32Array; readonly baselineRight: number } | undefined;
  /** By the number of calibration images that was asked for; there may be fewer. */
  readonly calibrations: ReadonlyMap<number, CalibrationData>;
}

export interface SweepContext {
  readonly dataset: Dataset;
  readonly seeds: readonly SeedContext[];
  /** Files that register formats, networks or data sets of the user's own. */
  readonly plugins: readonly string[];
  readonly version: string;
}

/** The context of a seed; a missing one is a fault of ours and throws. */
export function seedOf(context: SweepContext, seed: number): SeedContext {
  const found = context.seeds.find((one) => one.seed === seed);
  if (!found) throw new Error(`seed ${seed} has no context`);
  return found;
}

/** The same program with its weights and biases over buffers that worker threads share. */
export function shareProgram(program: Program): Program {
  return {
    ...program,
    steps: program.steps.map((step) => (step.kind === 'mac' ? sharedMac(step) : step)),
  };
}

function sharedMac(step: MacStep): MacStep {
  const { weights, bias, unfolded } = step;
  const before = unfolded && { weights: shared(unfolded.weights), gain: shared(unfolded.gain) };
  return { ...step, weights: shared(weights), bias: shared(bias), unfolded: before };
}

function shared(values: Float32Array): Float32Array {
  const copy = new Float32Array(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}
