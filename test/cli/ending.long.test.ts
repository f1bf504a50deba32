/** The further cases of what `ending.test.ts` has one of each: every pipe, every way to go wrong, every signal. */
import { describe, it } from 'vitest';
import {
  expectEarlySignalEnds,
  expectPluginEnds,
  expectSignalEnds,
  expectUnreadIsFinished,
  sweepsOfFile,
} from './endings.js';

const sweeps = sweepsOfFile();

describe('output that nobody reads', () => {
  it.each([
    ['stderr', '2>&1 >/dev/null | true'],
    ['stdout', '2>/dev/null | true'],
  ])('a closed %s does not stop a sweep', (name, redirection) => {
    expectUnreadIsFinished(sweeps, name, redirection);
  });
});

describe('a plugin that goes wrong', () => {
  it.each([
    ['process.exit(7);', /process\.exit\(7\)/, 7],
    ["Promise.reject(new Error('unheard')); await new Promise((r) => setTimeout(r, 1e6));", /unheard/, 1],
    ["throw new Error('at once');", /at once/, 1],
  ])('%s is one line and a failing exit code', (code, line, exitCode) => {
    expectPluginEnds(sweeps, code, line, exitCode);
  });
});

describe('signals', () => {
  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s ends a sweep with words, exit code %i and what is kept', async (signal, code) => {
    await expectSignalEnds(sweeps, signal, code);
  });

  it('an early SIGHUP, while a command still loads, has its words too', async () => {
    await expectEarlySignalEnds(sweeps, 'SIGHUP', 129);
  });
});
