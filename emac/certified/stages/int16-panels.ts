/** The activations of a block as panels of int16 for the GEMM, from rows of codes or straight from an image. */
import { powerOfTwo } from '../../../arithmetic/float64.js';
import { ResidualEntry } from '../../../kernels/layouts.js';
import type { Kernels } from '../../../kernels/loader.js';
import type { MacBlock } from '../../codes/block.js';
import { type HeapArray, heapFloat32, heapInt16 } from '../../codes/heap-array.js';
import type { CodeWindows } from '../../codes/windows.js';

/** What codes become: int16 by code, and pairs of it and the square of what it leaves out, in units of 2^-14. */
export interface Int16Tables {
  readonly values: HeapArray<Int16Array>;
  readonly withResiduals: HeapArray<Uint32Array>;
}

/** Operands of one layer; panels [⌈rows/4⌉][paddedK/2][4][2]. */
export interface Int16Panels {
  readonly pointer: number;
  /** Values of a run of consecutive k, each filled up to an even length in the panels; the weights' order too. */
  readonly run: number;
  /** To be called when the tables have changed. */
  retable(): void;
  pack(block: MacBlock): void;
  /**
   * The same, and (norm, residual) float64 [rows][2] of every row: residual ≥ ‖left out‖, norm ≥ ‖value‖ + residual. The
   * largest norm goes to `most`; both are pointers.
   */
  packWithNorms(block: MacBlock, norms: number, most: number): void;
}

/** Covers sums of k squares in float32, half of whose relative error their roots have, and the rounding of the roots. */
function slackOf(k: number): number {
  return 1 + (k + 8) * powerOfTwo(-24);
}

/** From rows laid out one after another. */
export class RowPanels implements Int16Panels {
  readonly pointer: number;
  readonly #slack: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly tables: Int16Tables,
    readonly run: number,
    maxRows: number,
  ) {
    this.#slack = slackOf(run);
    this.pointer = kernels.allocate(Math.ceil(maxRows / 4) * 4 * (run + (run & 1)) * 2);
  }

  retable(): void {}

  pack(block: MacBlock): void {
    const rows = Math.ceil(block.rows / 4) * 4;
    this.kernels.call.packInt16(rows, this.run, block.codes, this.tables.values.pointer, this.pointer);
  }

  packWithNorms(block: MacBlock, norms: number, most: number): void {
    const rows = Math.ceil(block.rows / 4) * 4;
    const table = this.tables.withResiduals.pointer;
    // biome-ignore format: codes, panels, norms
    this.kernels.call.packInt16Norms(
      rows, this.run, block.codes, table, this.pointer, norms, this.#slack, most,
    );
  }
}

/** From the windows of an image, decoded once into its padding. */
export class WindowPanels implements Int16Panels {
  readonly pointer: number;
  readonly run: number;
  readonly #runs: number;
  /** int16 [height][width][channels], and sums over channels of squares of values and of residuals, [height][width]. */
  readonly #image: HeapArray<Int16Array>;
  readonly #squares: HeapArray<Float32Array>;
  readonly #residuals: HeapArray<Float32Array>;
  readonly #scratch: number;
  readonly #lineBytes: number;
  readonly #planeBytes: number;
  readonly #slack: number;

  constructor(
    private readonly kernels: Kernels,
    private readonly tables: Int16Tables,
    private readonly windows: CodeWindows,
  ) {
    const { window: w, channels, count } = windows;
    this.#slack = slackOf(windows.k);
    const joined = w.dilationX === 1;
    this.run = joined ? w.kernelWidth * channels : channels;
    this.#runs = joined ? 1 : w.kernelWidth;
    const paddedK = w.kernelHeight * this.#runs * (this.run + (this.run & 1));
    // the kernel writes whole vectors
    this.pointer = kernels.allocate(Math.ceil(count / 4) * 4 * paddedK * 2 + 48);
    const reachY = (w.outHeight - 1) * w.strideY + (w.kernelHeight - 1) * w.dilationY + 1;
    const reachX = (w.outWidth - 1) * w.strideX + (w.kernelWidth - 1) * w.dilationX + 1;
    const height = Math.max(w.padTop + w.inHeight, reachY);
    const width = Math.max(w.padLeft + w.inWidth, reachX);
    const planeWidth = Math.ceil(width / 4) * 4;
    this.#lineBytes = width * channels * 2;
    this.#planeBytes = planeWidth * 4;
    // and reads whole vectors
    this.#image = heapInt16(kernels, height * width * channels + 8);
    this.#squares = heapFloat32(kernels, height * planeWidth);
    this.#residuals = heapFloat32(kernels, height * planeWidth);
    // the kernel reads four sums at once
    this.#scratch = kernels.allocate(2 * this.#planeBytes + 12);
  }

  /** Padding is the code of 0, whose int16 is 0 unless the format cannot hold it. */
  retable(): void {
    const { zero, channels } = this.windows;
    const value = this.tables.values.values[zero]!;
    this.#image.values.fill(value);
    this.#squares.values.fill(value * value * channels);
    this.#residuals.values.fill(
      this.tables.withResiduals.values[zero * ResidualEntry.LENGTH + ResidualEntry.SQUARE]! * channels,
    );
  }

  pack(block: MacBlock): void {
    const { call } = this.kernels;
    const { window: w, first, channels } = this.windows;
    const table = this.tables.values.pointer;
    // biome-ignore format: codes, values
    call.decodeImage(
      block.codes, w.inHeight, w.inWidth, w.inChannels, first, channels,
      table, this.#inside, this.#lineBytes,
    );
    this.#packWindows();
  }

  /** Where the image lies in its padding. */
  get #inside(): number {
    const { window: w, channels } = this.windows;
    return this.#image.pointer + w.padTop * this.#lineBytes + w.padLeft * channels * 2;
  }

  #packWindows(): void {
    const { window: w, channels } = this.windows;
    // biome-ignore format: image, runs, windows
    this.kernels.call.packWindows(
      this.#image.pointer, this.#lineBytes, channels * 2,
      w.kernelHeight, this.#runs, this.run, w.dilationX * channels * 2, w.dilationY * this.#lineBytes,
      w.strideY, w.strideX, w.outHeight, w.outWidth, this.pointer,
    );
  }

  packWithNorms(block: MacBlock, norms: number, most: number): void {
    const { call } = this.kernels;
    const { window: w, first, channels } = this.windows;
    const inside = w.padTop * this.#planeBytes + w.padLeft * 4;
    const table = this.tables.withResiduals.pointer;
    // biome-ignore format: codes, values, planes
    call.decodeImageNorms(
      block.codes, w.inHeight, w.inWidth, w.inChannels, first, channels, table, this.#inside, this.#lineBytes,
      this.#squares.pointer + inside, this.#residuals.pointer + inside, this.#planeBytes,
    );
    this.#packWindows();
    // biome-ignore format: planes, windows, norms
    call.windowNorms(
      this.#squares.pointer, this.#residuals.pointer, this.#planeBytes,
      w.kernelHeight, w.kernelWidth, w.strideY, w.strideX, w.dilationY, w.dilationX, w.outHeight, w.outWidth,
      this.#scratch, norms, this.#slack, most,
    );
  }
}
