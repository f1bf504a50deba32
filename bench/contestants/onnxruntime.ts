/** The two ONNX Runtimes, one thread each: WebAssembly (onnxruntime-web) and native (onnxruntime-node). */
import type { InferenceSession, Tensor } from 'onnxruntime-common';
import * as native from 'onnxruntime-node';
import * as web from 'onnxruntime-web';
import type { Contestant } from '../race.js';

export type RuntimeKind = 'onnxruntime-web' | 'onnxruntime-node';
export const RUNTIMES: readonly RuntimeKind[] = ['onnxruntime-web', 'onnxruntime-node'];

export interface OnnxModel extends Contestant {
  /** What the last run gave. */
  output(): Float32Array;
  release(): Promise<void>;
}

web.env.wasm.numThreads = 1;
web.env.logLevel = 'error';

/** A session that runs `model` on the one input [dims] again and again. */
export async function onnxModel(
  kind: RuntimeKind,
  model: Uint8Array,
  input: Float32Array,
  dims: readonly number[],
  threads = 1,
): Promise<OnnxModel> {
  const options: InferenceSession.SessionOptions = {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  };
  const session: InferenceSession =
    kind === 'onnxruntime-node'
      ? await native.InferenceSession.create(model, options)
      : await web.InferenceSession.create(model, { ...options, executionProviders: ['wasm'] });
  const Make = kind === 'onnxruntime-node' ? native.Tensor : web.Tensor;
  const feeds = { [session.inputNames[0]!]: new Make('float32', input, dims) as Tensor };
  const name = session.outputNames[0]!;
  let last: Float32Array = new Float32Array();
  return {
    name: threads === 1 ? kind : `${kind} ${threads} threads`,
    async run() {
      const results = await session.run(feeds);
      last = results[name]!.data as Float32Array;
    },
    output: () => last,
    release: () => session.release(),
  };
}
