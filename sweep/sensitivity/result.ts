/** What a measurement of sensitivity gives. */
import type { AssignmentEntry } from '../assignment-file.js';
import type { Difference } from './difference.js';
import type { LayerNoise } from './noise.js';

/** One layer in one narrow format. */
export interface LayerSensitivity extends LayerNoise {
  readonly layer: string;
  /** 1 for the layer that hurts most. */
  readonly rank: number;
  /** All layers wide − this one narrow. */
  readonly lost: Difference;
  /** This layer wide and all others narrow − all layers narrow. */
  readonly gained: Difference;
  /** Whether the assignment has it wide. */
  readonly inAssignment: 'wide' | 'narrow';
}

/** Narrow but for the layers that had to be widened. */
export interface WidenedAssignment {
  readonly entry: AssignmentEntry;
  /** Names, the worst first. */
  readonly widened: readonly string[];
  /** All layers wide − this assignment, on the images that rank. */
  readonly lost: Difference;
  readonly test: Share;
}

/** A share of test images with its Wilson 95 % interval. */
export interface Share {
  readonly right: number;
  readonly images: number;
  readonly accuracy: number;
  readonly low: number;
  readonly high: number;
}

export interface FormatSensitivity {
  /** As it was asked for: `posit8es1`, or `weights/activations`. */
  readonly format: string;
  /** All layers wide − all layers narrow. */
  readonly lost: Difference;
  /** By rank. */
  readonly layers: readonly LayerSensitivity[];
  readonly assignment: WidenedAssignment;
}

export interface Sensitivity {
  readonly network: string;
  readonly dataset: string;
  /** Layers in the program's order. */
  readonly layers: readonly string[];
  /** Which images rank: those held out of the training, or, where nobody says which these are, those of the calibration. */
  readonly ranking: 'validation' | 'calibration';
  readonly images: number;
  readonly wide: string;
  /** Of the images that rank, right with all layers wide. */
  readonly wideRight: number;
  readonly quantizer: string;
  /** Percentage points. */
  readonly margin: number;
  /** Of the float dataflow. */
  readonly float: Share;
  readonly formats: readonly FormatSensitivity[];
}
