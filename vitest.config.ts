import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node' as const,
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['./platform/kernel-files.ts'],
};

/**
 * Folders of tests that only compute. Their files run one after another in the same two processes, so that each imports
 * the library once; every other file has a process of its own. test/isolation.test.ts holds them to changing nothing
 * that the next file would see.
 */
export const COMPUTING = [
  'test/arithmetic',
  'test/emac',
  'test/formats/conformance',
  'test/formats/rounding',
  'test/kernels',
  'test/networks/integer',
  'test/networks/primitives',
  'test/networks/tflite',
  'test/networks/yao',
  'test/quantizers',
];

const TESTS = '**/*.test.ts';
const LONG = 'test/**/*.long.test.ts';
const COMPUTING_TESTS = COMPUTING.map((folder) => `${folder}/${TESTS}`);

export default defineConfig({
  test: {
    // both cores: by default one is left for the watcher
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: [`test/${TESTS}`],
          exclude: [LONG, ...COMPUTING_TESTS],
        },
      },
      {
        test: {
          ...shared,
          name: 'fast-computing',
          include: COMPUTING_TESTS,
          exclude: [LONG],
          isolate: false,
        },
      },
      {
        test: { ...shared, name: 'long', include: [LONG], testTimeout: 2_400_000 },
      },
    ],
  },
});
