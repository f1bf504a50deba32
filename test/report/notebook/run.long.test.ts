/** The further ways of a notebook to go wrong, and those of experiments/. */
import { describe, expect, it } from 'vitest';
import { expectExperimentRuns, expectOneLine, notebook, run } from './run-notebook.js';

describe('cheetah notebook run', () => {
  it('ends though a timer that never stops is left behind', () => {
    const { status } = run(notebook('ticks.ts', '// %% a\nsetInterval(() => {}, 10);\n'), 'ticks-out');
    expect(status).toBe(0);
  });

  it.each([
    [
      'rejected.ts',
      "// %% a\nPromise.reject(new Error('unheard'));\n",
      /^cheetah: rejected\.ts:2: unheard\n$/,
    ],
    ['exit.ts', '// %% a\nprocess.exit(0);\n', /^cheetah: exit\.ts:2: the cell calls process\.exit\(0\)\n$/],
    [
      'figure.ts',
      "// %% a\nimport { show } from 'cheetah-numerics';\nshow.plot({ mark: 'nope' } as never);\n",
      /^cheetah: figure\.ts:1: this Vega-Lite specification cannot be drawn/,
    ],
    ['import.ts', "// %% a\nimport './nowhere.js';\n", /^cheetah: import\.ts.*Cannot find module/],
    ['empty.ts', '\n', /has no cells/],
    [
      'stuck.ts',
      '// %% a\nawait new Promise(() => {});\n',
      /^cheetah: stuck\.ts: the cell awaits something that never happens\n$/,
    ],
    [
      'timer.ts',
      "// %% a\nsetTimeout(() => { throw new Error('late'); }, 0);\nawait new Promise((r) => setTimeout(r, 1e6));\n",
      /^cheetah: timer\.ts:2: late\n$/,
    ],
  ])('says in one line what is wrong with %s', expectOneLine);
});

describe('the notebooks of experiments/', () => {
  it.each(['comparing-formats-layer-by-layer', 'choosing-a-format-for-lenet'])(
    '%s runs on few images',
    expectExperimentRuns,
  );
});
