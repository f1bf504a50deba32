// Philox4x32-10 (arithmetic/philox.ts has the source of the constants): the random words of stochastic rounding.

/**
 * Words 0 of the blocks of key (seed, purpose) and counters (tensor, image, first .. first + n − 1, 0) to u32 [n];
 * first + n ≤ 2^32.
 */
export function randomWords(n: i32, seed: u32, purpose: u32, tensor: u32, image: u32, first: u32, out: usize): void {
  for (let i = 0; i < n; i++) {
    let k0 = seed;
    let k1 = purpose;
    let c0 = tensor;
    let c1 = image;
    let c2 = first + <u32>i;
    let c3: u32 = 0;
    for (let round = 0; round < 10; round++) {
      const a = <u64>0xd2511f53 * <u64>c0;
      const b = <u64>0xcd9e8d57 * <u64>c2;
      c0 = <u32>(b >> 32) ^ c1 ^ k0;
      c1 = <u32>b;
      c2 = <u32>(a >> 32) ^ c3 ^ k1;
      c3 = <u32>a;
      k0 += 0x9e3779b9;
      k1 += 0xbb67ae85;
    }
    store<u32>(out + (<usize>i << 2), c0);
  }
}
