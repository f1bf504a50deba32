// From codes to operands, by tables with an entry a code.

/** Entries of 4 bytes; codes of `bytes` 1 or 2. */
export function lookUp32(n: i32, codes: usize, bytes: i32, table: usize, out: usize): void {
  const count = <usize>n;
  if (bytes == 1) {
    for (let i: usize = 0; i < count; i++) store<i32>(out + (i << 2), load<i32>(table + (<usize>load<u8>(codes + i) << 2)));
  } else {
    for (let i: usize = 0; i < count; i++) {
      store<i32>(out + (i << 2), load<i32>(table + (<usize>load<u16>(codes + (i << 1)) << 2)));
    }
  }
}

/**
 * Codes [pixels][channels] of a byte, through `table` u8 [256], into [pixels][pixelCodes], from place `first` of each
 * pixel on.
 */
export function scatterLookUp(
  pixels: i32, channels: i32, codes: usize, table: usize, pixelCodes: i32, first: i32, out: usize,
): void {
  const run = <usize>channels;
  let from = codes;
  let to = out + <usize>first;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let i: usize = 0; i < run; i++) store<u8>(to + i, load<u8>(table + <usize>load<u8>(from + i)));
    from += run;
    to += <usize>pixelCodes;
  }
}

/** Entries of 8 bytes; codes of one. */
export function lookUp64(n: i32, codes: usize, table: usize, out: usize): void {
  const count = <usize>n;
  for (let i: usize = 0; i < count; i++) store<i64>(out + (i << 3), load<i64>(table + (<usize>load<u8>(codes + i) << 3)));
}

/**
 * Rows [m][k] without their zeros: entries of `size` 1 or 8 bytes of the codes with a mark in `keep` to `out`, beside
 * each, to `offsets` int32, how far its weights lie from the start of a panel of 8 outputs; how many a row keeps to
 * `counts` int32 [m]. Rows of `out` and `offsets` start k apart, whatever they hold.
 */
export function lookUpNonZero(
  m: i32, k: i32, codes: usize, bytes: i32, keep: usize, table: usize, size: i32,
  out: usize, offsets: usize, counts: usize,
): void {
  let at = codes;
  for (let i = 0; i < m; i++) {
    let count: usize = <usize>(i * k);
    const first = count;
    for (let p = 0; p < k; p++) {
      const code = bytes == 1 ? <usize>load<u8>(at) : <usize>load<u16>(at);
      // written always, kept or overwritten by the next
      if (size == 1) store<u8>(out + count, load<u8>(table + code));
      else store<i64>(out + (count << 3), load<i64>(table + (code << 3)));
      store<i32>(offsets + (count << 2), p * size << 3);
      count += <usize>load<u8>(keep + code);
      at += <usize>bytes;
    }
    store<i32>(counts + (<usize>i << 2), <i32>(count - first));
  }
}

/** Indices of the rows [m][k] that hold a code marked in the table of bytes go to `rows`; returns how many. */
export function rowsMarked(m: i32, k: i32, codes: usize, bytes: i32, marks: usize, rows: usize): i32 {
  let count = 0;
  let at = codes;
  for (let i = 0; i < m; i++) {
    let marked: u32 = 0;
    if (bytes == 1) {
      for (let p = 0; p < k; p++) marked |= <u32>load<u8>(marks + <usize>load<u8>(at + <usize>p));
    } else {
      for (let p = 0; p < k; p++) marked |= <u32>load<u8>(marks + <usize>load<u16>(at + (<usize>p << 1)));
    }
    store<i32>(rows + (<usize>count << 2), i);
    count += <i32>(marked != 0);
    at += <usize>(k * bytes);
  }
  return count;
}
