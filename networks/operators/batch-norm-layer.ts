/**
 * Batch-norm in training. Sums are float64: each shard's mean and squared distances, pixels ascending, then those of all
 * shards combined in their order (Chan, Golub and LeVeque 1979), so that the statistics are the whole batch's and do
 * not depend on who computed which shard. What is added to every value is float32.
 */
import { allocateFloats } from '../primitives/memory.js';
import type { Layer, LayerContext, Pass, Slot } from './operator.js';

interface Held {
  readonly values: Float32Array;
  readonly gradient: Float32Array;
}

/** What a shard leaves for the others, float64 [channels] each: mean and squares forwards, sums and dots backwards. */
interface Sums {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly firstAt: number;
  readonly secondAt: number;
}

/** Forwards and backwards have room of their own: one thread may be on its way back while another still reads. */
interface ShardSums {
  readonly rows: Float64Array;
  readonly moments: Sums;
  readonly slopes: Sums;
}

export class BatchNormLayer implements Layer {
  readonly #input: Slot;
  readonly #channels: number;
  readonly #gamma: Held;
  readonly #beta: Held;
  readonly #running: { readonly mean: Float32Array; readonly variance: Float32Array };
  readonly #sums: readonly ShardSums[];
  /** Float32 [channels] each, as the kernels read them. */
  readonly #mean: Float32Array;
  readonly #gain: Float32Array;
  readonly #shift: Float32Array;
  readonly #slope: Float32Array;
  readonly #at: {
    readonly mean: number;
    readonly gain: number;
    readonly shift: number;
    readonly slope: number;
  };
  readonly #inverse: Float64Array;
  #statistics: 'batch' | 'running' = 'running';

  constructor(
    private readonly operator: { readonly epsilon: number; readonly momentum: number },
    private readonly context: LayerContext,
  ) {
    const { kernels, shards, inputs } = context;
    this.#input = inputs[0]!;
    const channels = this.#input.shape.at(-1)!;
    this.#channels = channels;
    const held = (suffix: string): Held => {
      const { values, gradient } = context.parameter(suffix);
      return { values: kernels.f32(values, channels), gradient: kernels.f32(gradient, channels) };
    };
    [this.#gamma, this.#beta] = [held('gamma'), held('beta')];
    this.#running = { mean: held('mean').values, variance: held('variance').values };
    this.#sums = context.common(() =>
      Array.from({ length: shards }, () => {
        const room = (): Sums => {
          const [firstAt, secondAt] = [kernels.allocate(channels * 8), kernels.allocate(channels * 8)];
          const [first, second] = [kernels.f64(firstAt, channels), kernels.f64(secondAt, channels)];
          return { first, second, firstAt, secondAt };
        };
        return { rows: kernels.f64(kernels.allocate(8), 1), moments: room(), slopes: room() };
      }),
    );
    const place = () => allocateFloats(kernels, channels);
    this.#at = { mean: place(), gain: place(), shift: place(), slope: place() };
    const { mean, gain, shift, slope } = this.#at;
    this.#mean = kernels.f32(mean, channels);
    this.#gain = kernels.f32(gain, channels);
    this.#shift = kernels.f32(shift, channels);
    this.#slope = kernels.f32(slope, channels);
    this.#inverse = new Float64Array(channels);
  }

  readonly gather = {
    forward: (count: number, pass: Pass): void => {
      if (pass.mode !== 'train') return;
      const { rows, moments } = this.#sums[this.context.shard]!;
      rows[0] = this.#rows(count);
      this.context.kernels.call.channelMoments(
        this.#rows(count),
        this.#channels,
        this.#input.values,
        moments.firstAt,
        moments.secondAt,
      );
    },
    backward: (count: number): void => {
      const { output, shard, kernels } = this.context;
      const { first, second, firstAt, secondAt } = this.#sums[shard]!.slopes;
      const [x, dy] = [this.#input.values, output.gradient];
      kernels.call.channelSlopes(this.#rows(count), this.#channels, x, dy, this.#at.mean, firstAt, secondAt);
      for (let c = 0; c < this.#channels; c++) {
        this.#beta.gradient[c]! += first[c]!;
        this.#gamma.gradient[c]! += second[c]! * this.#inverse[c]!;
      }
    },
  };

  forward(count: number, pass: Pass): void {
    this.#statistics = pass.mode === 'train' ? 'batch' : 'running';
    if (pass.mode === 'train') this.#takeBatch();
    else this.#take((c) => [this.#running.mean[c]!, this.#running.variance[c]!]);
    const { output, kernels } = this.context;
    const { mean, gain, shift } = this.#at;
    for (let c = 0; c < this.#channels; c++) {
      this.#gain[c] = this.#gamma.values[c]! * this.#inverse[c]!;
      this.#shift[c] = this.#beta.values[c]!;
    }
    const rows = this.#rows(count);
    kernels.call.normalizeChannels(
      rows,
      this.#channels,
      this.#input.values,
      mean,
      gain,
      shift,
      output.values,
    );
  }

  backward(count: number): void {
    let rows = 0;
    for (const sums of this.#sums) rows += sums.rows[0]!;
    for (let c = 0; c < this.#channels; c++) {
      let [sum, dot] = [0, 0];
      // with the running statistics mean and variance are constants, so that nothing is taken off
      if (this.#statistics === 'batch') {
        for (const { slopes } of this.#sums) {
          sum += slopes.first[c]!;
          dot += slopes.second[c]!;
        }
      }
      const inverse = this.#inverse[c]!;
      this.#shift[c] = sum / Math.max(rows, 1);
      this.#slope[c] = (dot * inverse * inverse) / Math.max(rows, 1);
    }
    const { output, kernels } = this.context;
    const { mean, gain, shift, slope } = this.#at;
    const n = this.#rows(count);
    const [x, dy, dx] = [this.#input.values, output.gradient, this.#input.gradient];
    kernels.call.normalizeBackward(n, this.#channels, x, dy, mean, gain, shift, slope, dx);
  }

  #rows(count: number): number {
    return (count * this.#input.size) / this.#channels;
  }

  #take(moments: (channel: number) => readonly [mean: number, variance: number]): void {
    for (let c = 0; c < this.#channels; c++) {
      const [mean, variance] = moments(c);
      this.#mean[c] = mean;
      this.#inverse[c] = 1 / Math.sqrt(variance + this.operator.epsilon);
    }
  }

  /** The batch's statistics, from those of its shards; the first shard tracks the running ones. */
  #takeBatch(): void {
    const { momentum } = this.operator;
    this.#take((c) => {
      let [rows, sum] = [0, 0];
      for (const shard of this.#sums) {
        rows += shard.rows[0]!;
        sum += shard.rows[0]! * shard.moments.first[c]!;
      }
      const mean = sum / rows;
      let squares = 0;
      for (const { rows: own, moments } of this.#sums) {
        const away = moments.first[c]! - mean;
        squares += moments.second[c]! + own[0]! * away * away;
      }
      if (this.context.shard === 0) {
        const { mean: means, variance: variances } = this.#running;
        means[c] = (1 - momentum) * means[c]! + momentum * mean;
        variances[c] = (1 - momentum) * variances[c]! + (momentum * squares) / Math.max(rows - 1, 1);
      }
      return [mean, squares / rows];
    });
  }
}
