import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compared } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED } from './compiled.js';
import { cifarRecords, NO_CIFAR, publishedGraph } from './published.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(COMPILERS.length === 0 || NO_CIFAR)(
  `published files in C${NEEDS_CC} (skipped: set CHEETAH_MODELS and CHEETAH_DATA to folders with models and CIFAR-10)`,
  () => {
    it.each(['gemmlowp', 'single', 'exact'] as const)(
      'ResNet-8 under %s has the bytes of our runner',
      (mode) => {
        const graph = publishedGraph('mlperf-tiny', 'ic_resnet8_int8');
        expect(compared(folder, graph, mode, OPTIMIZED, cifarRecords(10))).toBeGreaterThan(5);
      },
    );
  },
);
