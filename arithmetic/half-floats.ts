/**
 * The 16-bit floats that weights are stored in: IEEE binary16 (F16) and the upper half of float32 (BF16). Every value
 * of both, with subnormals, −0, infinities and NaN, is one of float32, so reading them loses nothing.
 */

/** binary16: 5 exponent bits with bias 15, 10 fraction bits. */
export function fromFloat16(codes: Uint16Array): Float32Array {
  return Float32Array.from(codes, (code) => {
    const sign = code & 0x8000 ? -1 : 1;
    const exponent = (code >> 10) & 0x1f;
    const fraction = code & 0x3ff;
    if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
    if (exponent === 0) return sign * fraction * 2 ** -24;
    return sign * (1024 + fraction) * 2 ** (exponent - 25);
  });
}

/** bfloat16: the sign, exponent and first 7 fraction bits of a float32 whose other bits are 0. */
export function fromBfloat16(codes: Uint16Array): Float32Array {
  return new Float32Array(Uint32Array.from(codes, (code) => code << 16).buffer);
}
