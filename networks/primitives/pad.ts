/** Zeros around the images of a float32 tensor. */
import type { Kernels } from '../../kernels/loader.js';
import type { Frame } from '../program.js';

export class FloatPad {
  constructor(
    private readonly kernels: Kernels,
    private readonly frame: Frame,
  ) {}

  forward(count: number, from: number, to: number): void {
    const { copyLines, zeroBytes } = this.kernels.call;
    const { inBytes, outBytes, inLine, outLine, start } = this.#bytes();
    zeroBytes(to, count * outBytes);
    for (let i = 0; i < count; i++) {
      copyLines(this.frame.height, inLine, from + i * inBytes, inLine, to + i * outBytes + start, outLine);
    }
  }

  /** Overwrites the gradient of the input with that of the inside; what stands in the padding is a constant. */
  backward(count: number, gradient: number, inputGradient: number): void {
    const { copyLines } = this.kernels.call;
    const { inBytes, outBytes, inLine, outLine, start } = this.#bytes();
    for (let i = 0; i < count; i++) {
      const inside = gradient + i * outBytes + start;
      copyLines(this.frame.height, inLine, inside, outLine, inputGradient + i * inBytes, inLine);
    }
  }

  #bytes(): ReturnType<typeof frameBytes> {
    return frameBytes(this.frame, 4);
  }
}

/** Bytes of an image and of a line before and after the padding, and where in the padded image the first pixel stands. */
export function frameBytes(frame: Frame, element: number) {
  const { height, width, channels, top, bottom, left, right } = frame;
  const pixel = channels * element;
  const [inLine, outLine] = [width * pixel, (left + width + right) * pixel];
  return {
    inLine,
    outLine,
    inBytes: height * inLine,
    outBytes: (top + height + bottom) * outLine,
    start: top * outLine + left * pixel,
  };
}
