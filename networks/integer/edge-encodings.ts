/**
 * Edges whose codes must share one scale in integer schemes: what is only moved, averaged or joined. TensorFlow Lite's
 * specification gives pools, pads and concats the same parameters in and out, so no step between rounds again.
 */
import type { Encoding } from '../../quantizers/encoding.js';
import { encodingOf } from '../dataflows/encoding-of.js';
import type { EncodingTable, Program } from '../program.js';

/** The encoding of every edge: of pools and pads that of their input, of a concat's inputs that of the last concat they reach. */
export function edgeEncodings(program: Program, table: EncodingTable): readonly Encoding[] {
  const leaders = program.edges.map((_, edge) => edge);
  const find = (edge: number): number => {
    let leader = edge;
    while (leaders[leader] !== leader) leader = leaders[leader]!;
    return leader;
  };
  for (const step of program.steps) {
    switch (step.kind) {
      case 'pool':
      case 'pad':
        leaders[find(step.output)] = find(step.inputs[0]);
        break;
      case 'concat':
        // its own range holds those of all its inputs
        for (const input of step.inputs) leaders[find(input)] = find(step.output);
        break;
      case 'mac':
      case 'add':
      case 'activation':
        break;
      default:
        step satisfies never;
    }
  }
  return program.edges.map((_, edge) => encodingOf(table.edges, program.edges[find(edge)]!.name, 'edge'));
}
