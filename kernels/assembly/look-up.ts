// From codes to operands, by tables with an entry a code.

/** Entries of a byte; codes of `bytes` 1. */
export function lookUp8(n: i32, codes: usize, bytes: i32, table: usize, out: usize): void {
  for (let i: usize = 0; i < <usize>(n * bytes); i++) store<u8>(out + i, load<u8>(table + <usize>load<u8>(codes + i)));
}

/** Entries of 8 bytes; codes of `bytes` 1 or 2. */
export function lookUp64(n: i32, codes: usize, bytes: i32, table: usize, out: usize): void {
  const count = <usize>n;
  if (bytes == 1) {
    for (let i: usize = 0; i < count; i++) store<i64>(out + (i << 3), load<i64>(table + (<usize>load<u8>(codes + i) << 3)));
  } else {
    for (let i: usize = 0; i < count; i++) {
      store<i64>(out + (i << 3), load<i64>(table + (<usize>load<u16>(codes + (i << 1)) << 3)));
    }
  }
}

/** Entries of 4 bytes. */
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
