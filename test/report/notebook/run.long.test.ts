/** The further ways of a notebook to go wrong, and of those of experiments/ the other one. */
import { describe, it } from 'vitest';
import { expectExperimentRuns, expectOneLine } from './run-notebook.js';

describe('cheetah notebook run', () => {
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
  ])('says in one line what is wrong with %s', expectOneLine);
});

describe('the notebooks of experiments/', () => {
  it('choosing-a-format-for-lenet runs on few images', () => {
    expectExperimentRuns('choosing-a-format-for-lenet');
  });
});
