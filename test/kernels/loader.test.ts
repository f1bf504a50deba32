import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors.js';
import { createKernels } from '../../kernels/loader.js';

describe('a heap that is cleared', () => {
  it('starts anew: the same pointers, zeroed bytes, views still over the same memory', () => {
    const kernels = createKernels();
    const first = kernels.allocate(100_000);
    const view = kernels.u8(first, 100_000);
    view.fill(7);
    const { used } = kernels;
    kernels.clear();
    expect(view.every((byte) => byte === 0)).toBe(true);
    expect(kernels.allocate(100_000)).toBe(first);
    expect(kernels.used).toBe(used);
  });

  it('does not grow with the number of plans laid on it', () => {
    const kernels = createKernels();
    for (let plan = 0; plan < 3000; plan++) {
      kernels.clear();
      // 3000 of these kept would be 6 GB, past what one memory can have
      const pointer = kernels.allocate(2 * 2 ** 20);
      kernels.u8(pointer, 1)[0] = 1;
    }
    expect(kernels.used).toBeLessThan(3 * 2 ** 20);
  });

  it('says in one line what would not fit, and goes on with what does', () => {
    const kernels = createKernels();
    expect(() => kernels.allocate(5 * 2 ** 30)).toThrow(UserError);
    kernels.clear();
    expect(() => kernels.allocate(5 * 2 ** 30)).toThrow(
      /^there is too little memory: .* would take 5121 MB of the kernels' 4096; allow more \(ulimit -v\)/,
    );
    kernels.clear();
    expect(kernels.u8(kernels.allocate(10), 10)).toEqual(new Uint8Array(10));
  });
});
