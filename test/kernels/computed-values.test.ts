import { describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { decoderRecord } from '../../formats/decoding/decoder.js';
import { UNIT } from '../../formats/placement.js';
import { getFormat } from '../../formats/registry.js';
import { placeRecord } from '../../formats/rounding/codec-record.js';
import { createKernels } from '../../kernels/loader.js';
import { COMPUTED_FORMATS } from './computed-formats.js';

const stream = new Stream(31, 'dataset');
const bell = () => stream.uniform() + stream.uniform() + stream.uniform() - 1.5;

describe('decoding by computed values', () => {
  it.each(COMPUTED_FORMATS)('%s is the format’s decode', (name) => {
    const format = getFormat(name);
    const kernels = createKernels();
    const size = 2 ** format.bits;
    const n = Math.min(size, 4099);
    const zeroPoint = format.zeroPoints === 'integer' ? 5 : 0;
    const codes = Uint32Array.from({ length: n }, (_, i) => {
      if (size === n || i < 500) return i;
      if (i < 1000) return size - 1 - (i - 500);
      return i < 1500 ? (size / 2 - 250 + (i - 1000)) % size : Math.floor(stream.uniform() * size);
    });
    for (const scale of [1, 0.3]) {
      const record = placeRecord(
        kernels,
        decoderRecord(format, format.layout!, { scale, zeroPoint, range: 'full' }),
      );
      const [from, out] = [kernels.allocate(n * 4), kernels.allocate(n * 8)];
      kernels.u32(from, n).set(codes);
      const wanted = Float64Array.from(codes, (code) => scale * (format.toNumber(code) - zeroPoint));
      kernels.call.decodeComputed(n, from, 4, record, 1, out);
      const wrong = [...kernels.f64(out, n)].findIndex((x, i) => !Object.is(x, wanted[i]));
      expect(wrong).toBe(-1);
      kernels.call.decodeComputed(n, from, 4, record, 0, out);
      expect(kernels.f32(out, n)).toEqual(Float32Array.from(wanted));
    }
  });

  it.each([1, 3, 150])('into panels with sums of squares, NaN and Inf as 0, k = %i', (k) => {
    const kernels = createKernels();
    const format = getFormat('float32');
    const m = 8;
    const values = Float32Array.from({ length: m * k }, (_, i) =>
      i % 7 === 3 ? Number.NaN : i % 11 === 5 ? Number.NEGATIVE_INFINITY : bell(),
    );
    const record = placeRecord(kernels, decoderRecord(format, format.layout!, UNIT));
    const [codes, scratch, out, squares] = [
      kernels.allocate(m * k * 4),
      kernels.allocate(4 * k * 8),
      kernels.allocate(m * k * 8),
      kernels.allocate(m * 8),
    ] as [number, number, number, number];
    kernels.f32(codes, m * k).set(values);
    kernels.call.packComputedFloat64(m, k, codes, record, scratch, out, squares);
    const kept = Array.from(values, (x) => (Number.isFinite(x) ? x : 0));
    const panels: number[] = [];
    for (let i = 0; i < m; i += 4)
      for (let p = 0; p < k; p++) for (let r = 0; r < 4; r++) panels.push(kept[(i + r) * k + p]!);
    expect([...kernels.f64(out, m * k)]).toEqual(panels);
    const sums = Array.from({ length: m }, (_, i) =>
      kept.slice(i * k, (i + 1) * k).reduce((sum, x) => sum + x * x, 0),
    );
    expect([...kernels.f64(squares, m)]).toEqual(sums);
  });
});
