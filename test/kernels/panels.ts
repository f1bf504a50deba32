/** [rows][k] into panels of `tile` rows, `group` values of k side by side: what the packed GEMMs read. */
export function panels(
  values: ArrayLike<number>,
  rows: number,
  k: number,
  tile: number,
  group: number,
): number[] {
  const out: number[] = [];
  for (let i = 0; i < rows; i += tile) {
    for (let p = 0; p < k; p += group) {
      for (let r = i; r < i + tile; r++) for (let g = 0; g < group; g++) out.push(values[r * k + p + g]!);
    }
  }
  return out;
}
