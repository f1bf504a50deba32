/** A float network of ours in the ONNX Runtimes, which must have its logits. */
import type { Plan } from '../../dist/networks/plan.js';
import { onnxOfProgram } from '../onnx/export.js';
import { inputDims } from '../onnx/program-graph.js';
import { type OnnxModel, onnxModel, type RuntimeKind } from './onnxruntime.js';

/** Logits of ours and of the runtimes may differ by the order of sums: this share of the largest one. */
const LOGIT_TOLERANCE = 1e-4;

/** `float`'s network on `images`, a whole batch of it, one thread each. Throws where a runtime computes another network. */
export async function sameNetwork(
  float: Plan,
  images: Float32Array,
  kinds: readonly RuntimeKind[],
): Promise<OnnxModel[]> {
  const { program, batch } = float;
  const bytes = onnxOfProgram(program, batch);
  const dims = inputDims(program, batch);
  const models = await Promise.all(kinds.map((kind) => onnxModel(kind, bytes, images, dims)));
  float.run(images, batch);
  const wanted = Float64Array.from(float.edgeValues(program.output, batch));
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const model of models) {
    await model.run();
    const got = model.output();
    const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0);
    if (!(worst <= LOGIT_TOLERANCE * largest)) {
      throw new Error(`${model.name}: logits of ${program.network} differ by ${worst} of ${largest}`);
    }
  }
  return models;
}
