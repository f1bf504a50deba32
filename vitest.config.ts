import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node' as const,
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['./platform/kernel-files.ts'],
};

const TESTS = 'test/**/*.test.ts';
const LONG = 'test/**/*.long.test.ts';

/**
 * Tests with a process of their own, for they change what the next file would see (registries, mocks, the
 * environment), or measure their process. All others run one after another in the same two processes, so that each
 * imports the library once: that is most of what a small file takes. test/isolation.test.ts finds what is missing here.
 */
export const ALONE = [
  'test/bench/statistics.test.ts',
  'test/cli/data.test.ts',
  'test/cli/ending.test.ts',
  'test/cli/formats.test.ts',
  'test/cli/networks.test.ts',
  'test/core.test.ts',
  'test/datasets/load.test.ts',
  'test/formats/decode-only.test.ts',
  'test/formats/spellings.test.ts',
  'test/input/plugin.test.ts',
  'test/networks/dataflows/allocation.test.ts',
  'test/networks/operators/toy.test.ts',
  'test/networks/shapes.test.ts',
  'test/networks/training/threads.test.ts',
  'test/report/notebook/run.test.ts',
];

export default defineConfig({
  test: {
    // both cores: by default one is left for the watcher
    maxWorkers: '100%',
    projects: [
      { test: { ...shared, name: 'fast', include: [TESTS], exclude: [LONG, ...ALONE], isolate: false } },
      { test: { ...shared, name: 'fast-alone', include: ALONE } },
      {
        test: { ...shared, name: 'long', include: [LONG], testTimeout: 2_400_000 },
      },
    ],
  },
});
