/** The C that is written, compiled and run: every byte is that of the runner of integer graphs; random layers, joins and pools, and all of it under sanitizers: program.long.test.ts. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { compared, everyTensor, MODES, programOf, smallModel, TYPES } from './compared.js';
import { COMPILERS, NEEDS_CC, OPTIMIZED, objectOf, SANITIZED } from './compiled.js';

const folder = mkdtempSync(join(tmpdir(), 'cheetah-export-c-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(COMPILERS.length === 0)(`compiled C${NEEDS_CC}`, () => {
  describe.each(TYPES)('a small model of every operator, %s', (type) => {
    it.each(MODES)('has every tensor of 1,000 records under %s, optimized', (mode) => {
      expect(compared(folder, everyTensor(smallModel(type)), mode, OPTIMIZED, 1000)).toBeGreaterThan(200);
    });
  });

  it('has every output through its arena, without undefined behaviour', () => {
    compared(folder, smallModel('int8'), 'gemmlowp', OPTIMIZED, 50);
    compared(folder, smallModel('int8'), 'gemmlowp', SANITIZED, 50);
  });

  it('needs nothing from elsewhere and no floating point', () => {
    const flags = process.arch === 'x64' ? ['-O2', '-mno-sse', '-mno-80387'] : ['-O2'];
    for (const type of TYPES) {
      for (const mode of MODES) {
        const text = programOf(smallModel(type), mode);
        const { undefinedSymbols, code, data } = objectOf(folder, text, flags);
        expect(undefinedSymbols).toEqual([]);
        expect(code).toBeGreaterThan(1000);
        expect(data).toBeGreaterThan(0);
        const bare = text.replace(/\/\*.*?\*\//gs, '');
        // an int may have 16 bits
        expect(bare.match(/\(1 << |\bint [a-z]+ =|[^_]int \w+;/g)).toBeNull();
        expect(bare.match(/float|double|\d\.\d|\.\d/g)).toBeNull();
        expect([...bare.matchAll(/#include (.*)/g)].map(([, file]) => file)).toEqual([
          '<stdint.h>',
          '<stdio.h>',
        ]);
      }
    }
  });
});
