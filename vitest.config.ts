import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node' as const,
  pool: 'forks' as const,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['./platform/kernel-files.ts'],
};

export default defineConfig({
  test: {
    // both cores: by default one is left for the watcher
    maxWorkers: '100%',
    projects: [
      {
        test: {
          ...shared,
          name: 'fast',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.long.test.ts'],
        },
      },
      {
        test: { ...shared, name: 'long', include: ['test/**/*.long.test.ts'], testTimeout: 2_400_000 },
      },
    ],
  },
});
