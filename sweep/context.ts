/** What all points of a sweep share, as plain data over shared buffers: what its workers are given. */
import type { Dataset } from '../datasets/dataset.js';
import type { CalibrationData } from '../networks/calibration.js';
import type { Network, Parameters, Tensor } from '../networks/network.js';

/** A trained network with what was measured of it once: calibrations and the float32 baseline. */
export interface SeedContext {
  readonly seed: number;
  readonly network: Network;
  readonly parameters: readonly (readonly [string, Tensor])[];
  readonly weightsHash: string;
  /** Class of each test image by the float dataflow. */
  readonly baseline: Int32Array;
  /** One for each number of calibration images. */
  readonly calibrations: readonly CalibrationData[];
}

export interface SweepContext {
  readonly dataset: Dataset;
  readonly seeds: readonly SeedContext[];
  /** Files that register formats, networks or data sets of the user's own. */
  readonly plugins: readonly string[];
  readonly version: string;
}

/** The same parameters over buffers that worker threads share. */
export function shareParameters(parameters: Parameters): (readonly [string, Tensor])[] {
  return [...parameters].map(([name, { shape, data }]) => {
    const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
    shared.set(data);
    return [name, { shape, data: shared }] as const;
  });
}
