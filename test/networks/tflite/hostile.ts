/** Cut and altered files: refused in one line, or models that run. */

import { REQUANTIZATIONS } from '../../../emac/layer/choices.js';
import { UserError } from '../../../errors.js';
import { createKernels } from '../../../kernels/loader.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import { lower } from '../../../networks/lower.js';
import { networkTotals } from '../../../networks/shapes.js';
import { floatNetwork, isFloatModel } from '../../../networks/tflite/float.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite, type TfliteModel } from '../../../networks/tflite/model.js';

const kernels = createKernels();

/** Multiplications that a test has time for. */
const MOST_WORK = 2 ** 22;

export type Outcome = 'refused' | 'run' | 'too much work';

/** Throws what is no refusal in one line. */
export function outcomeOf(bytes: Uint8Array): Outcome {
  try {
    const model = parseTflite(bytes, 'a.tflite');
    if (isFloatModel(model)) return floatOutcome(model);
    const graph = integerGraph(model);
    const work = graph.steps.reduce(
      (sum, step) => sum + graph.tensors[step.output]!.size * (step.kind === 'mac' ? step.k : 1),
      0,
    );
    for (const mode of REQUANTIZATIONS) {
      kernels.clear();
      const runner = kernelRunner(graph, mode, kernels);
      if (work > MOST_WORK) return 'too much work';
      runner.run();
    }
    return 'run';
  } catch (error) {
    if (!(error instanceof UserError) || /[\n\r]/.test(error.message)) throw error;
    return 'refused';
  }
}

function floatOutcome(model: TfliteModel): Outcome {
  const { network, parameters } = floatNetwork(model);
  if (networkTotals(network).macs > MOST_WORK) return 'too much work';
  kernels.clear();
  const program = lower(network, parameters);
  const plan = compileFloat(program, { batch: 1, kernels });
  plan.run(new Float32Array(program.edges[program.input]!.size).fill(0.5), 1);
  return 'run';
}

/** Bytes that the kernels' heap takes up by now. */
export const heapBytes = (): number => kernels.memory.buffer.byteLength;
