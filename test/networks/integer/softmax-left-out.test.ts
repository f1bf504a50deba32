/** Graphs that end with what their softmax reads. */
import { describe, expect, it } from 'vitest';
import { kernelRunner } from '../../../networks/integer/kernel-run.js';
import { endedBy } from '../../../networks/integer/softmax-left-out.js';
import { integerGraph } from '../../../networks/tflite/integer.js';
import { parseTflite } from '../../../networks/tflite/model.js';
import { everyOperator } from '../tflite/small-models.js';
import { writeTflite } from '../tflite/write-tflite.js';

const graph = integerGraph(parseTflite(writeTflite(everyOperator()), 'small.tflite'));
const softmax = graph.steps.find(({ kind }) => kind === 'softmax')!;

describe('a softmax that is left out', () => {
  it('leaves the codes that it reads, also behind a change to floats', () => {
    expect(endedBy('computed', graph)).toBe(graph);
    const bare = endedBy('left-out', graph);
    expect(bare.outputs).toEqual([softmax.inputs[0]]);
    expect(bare.steps).toEqual(graph.steps.slice(0, graph.steps.indexOf(softmax)));
    const [whole, short] = [graph, bare].map((each) => kernelRunner(each, 'gemmlowp'));
    const image = Float32Array.from({ length: 90 }, (_, i) => ((i * 37) % 101) / 40 - 0.4);
    for (const runner of [whole!, short!]) {
      runner.values[graph.inputs[0]!]!.set(image);
      runner.run();
    }
    expect(short!.values[bare.outputs[0]!]).toEqual(whole!.values[softmax.inputs[0]!]);
  });

  it('leaves other outputs as they are', () => {
    const both = { ...graph, outputs: [softmax.output, softmax.inputs[0]] };
    expect(endedBy('left-out', both).outputs).toEqual([softmax.inputs[0], softmax.inputs[0]]);
    const other = { ...graph, outputs: [...graph.outputs, graph.steps[0]!.output] };
    expect(endedBy('left-out', other).outputs).toEqual([softmax.inputs[0], graph.steps[0]!.output]);
  });

  it('must be there', () => {
    const none = { ...graph, outputs: [softmax.inputs[0]] };
    expect(() => endedBy('left-out', none)).toThrow(
      'small.tflite has no softmax at its end that could be left out; leave out --softmax',
    );
  });
});
