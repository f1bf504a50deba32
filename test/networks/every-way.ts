/** One image through a small network in every dataflow and through the training graph, for outputs known by heart. */
import { DEFAULT_CHOICES } from '../../emac/layer/choices.js';
import { NEAREST_EVEN } from '../../formats/format.js';
import { getFormat } from '../../formats/registry.js';
import { createKernels } from '../../kernels/loader.js';
import { dataflowNames, getDataflow } from '../../networks/dataflows/registry.js';
import { lower } from '../../networks/lower.js';
import type { Network, Node, Parameters } from '../../networks/network.js';
import type { EncodingTable, Program } from '../../networks/program.js';
import { parseNetwork } from '../../networks/schema.js';
import { TrainingGraph } from '../../networks/training/graph.js';
import type { Encoding } from '../../quantizers/encoding.js';

/** The integer dataflows have formats of 8 bits alone, which the outputs would not fit. */
const WAYS = dataflowNames().filter((name) => !name.startsWith('integer-'));

/** Nodes one after another; each reads the one before it unless it says otherwise. A flatten is put at the end. */
export function chain(input: readonly number[], outputs: number, operators: readonly object[]): Network {
  const nodes = [...operators, { type: 'flatten' }].map((described, i) => {
    const { from = [i === 0 ? 'input' : `n${i - 1}`], ...operator } = described as { from?: string[] };
    return { name: `n${i}`, operator, inputs: from } as unknown as Node;
  });
  return parseNetwork({ name: 'chain', input, classes: outputs, nodes }, 'the test');
}

/** Every edge in `format` times scale, every weight in steps of 1/4 up to 32. */
function tableOf(program: Program, scale: number, format: string): EncodingTable {
  const encoding = (name: string, scales: number): Encoding => ({
    format: getFormat(name),
    rounding: NEAREST_EVEN,
    scales: Float64Array.of(scales),
    zeroPoint: 0,
    granularity: { kind: 'tensor' },
    range: 'full',
  });
  const macs = program.steps.filter(({ kind }) => kind === 'mac');
  return {
    edges: new Map(program.edges.map(({ name }) => [name, encoding(format, scale)])),
    weights: new Map(macs.map(({ name }) => [name, encoding('fixed8q2', 1)])),
  };
}

/** The outputs by the name of what computed them; edges in steps of scale/256 up to 128 · scale unless `format` says otherwise. */
export function everyWay(
  network: Network,
  parameters: Parameters,
  image: readonly number[],
  scale = 1,
  format = 'fixed16q8',
): Record<string, number[]> {
  const graph = new TrainingGraph(createKernels(), network, 1, 1);
  graph.fill(parameters);
  const trained = graph.logits(Float32Array.from(image), 1);
  const program = lower(network, parameters);
  const table = tableOf(program, scale, format);
  const outputs = WAYS.map((name) => {
    const room = { batch: 1, kernels: createKernels() };
    const plan = getDataflow(name).compile(program, table, DEFAULT_CHOICES, room);
    plan.run(Float32Array.from(image), 1);
    return [name, [...plan.edgeValues(program.output, 1)]] as const;
  });
  return { training: [...trained], ...Object.fromEntries(outputs) };
}

/** What `everyWay` gives where all agree. */
export function everywhere(outputs: readonly number[]): Record<string, readonly number[]> {
  return Object.fromEntries(['training', ...WAYS].map((name) => [name, outputs]));
}
