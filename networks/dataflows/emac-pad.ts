/** Padding on codes: the code of real 0 around the input's, which are not touched. */
import { codeBytes } from '../../emac/codes/width.js';
import type { Kernels } from '../../kernels/loader.js';
import { frameBytes } from '../primitives/pad.js';
import type { PadStep } from '../program.js';
import type { CodeTensor } from './emac-tensor.js';

/** Input and output have one encoding. */
export class EmacPad {
  readonly #bytes: ReturnType<typeof frameBytes>;

  constructor(
    private readonly kernels: Kernels,
    readonly step: PadStep,
    readonly input: CodeTensor,
    readonly output: CodeTensor,
  ) {
    this.#bytes = frameBytes(step.frame, codeBytes(input.encoding.format.bits));
  }

  run(count: number): void {
    const { input, output } = this;
    const { inBytes, outBytes, inLine, outLine, start } = this.#bytes;
    output.codes(count).fill(output.zero);
    for (let image = 0; image < count; image++) {
      const from = input.pointer + image * inBytes;
      const to = output.pointer + image * outBytes + start;
      this.kernels.call.copyLines(this.step.frame.height, inLine, from, inLine, to, outLine);
    }
  }

  describe(): object {
    const { kind, name, frame } = this.step;
    return { kind, name, input: this.input.edge.name, output: this.output.edge.name, frame };
  }
}
