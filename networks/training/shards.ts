/**
 * A batch is cut into eight shards, whatever the number of threads: each is summed in the order of its images, and
 * their sums are added in one fixed tree. So weights do not depend on how many threads trained them.
 */
export const SHARDS = 8;

/** Images of shard `shard` of a batch of `count`: as even as can be; some are empty where there are fewer than shards. */
export function shardOf(count: number, shard: number): { readonly first: number; readonly count: number } {
  const first = Math.floor((shard * count) / SHARDS);
  return { first, count: Math.floor(((shard + 1) * count) / SHARDS) - first };
}

/** Most images that a shard of up to `batch` images has. */
export function largestShard(batch: number): number {
  return Math.ceil(batch / SHARDS);
}

/** The shards of thread `lane` of `lanes`. */
export function shardsOfLane(lane: number, lanes: number): readonly number[] {
  return Array.from({ length: SHARDS }, (_, shard) => shard).filter((shard) => shard % lanes === lane);
}
