import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { complaintOf } from '../../cli/in-process.js';
import { bytes, expectOneLine, folder, notebook, run } from './run-notebook.js';

describe('cheetah notebook run', () => {
  it('shows text, tables and figures, and writes the same page again', () => {
    const file = notebook(
      'shows.ts',
      `// %% [markdown]
// # What it <shows>
// %% Shared scope
import { show } from 'cheetah-numerics';
import { basename } from 'node:path';
interface Named { readonly name: string }
const named: Named = { name: basename('/a/b') };
// %% Uses it
const waited = await Promise.resolve(7);
console.log(named.name, waited);
show.table([{ x: 1, y: 'a|b' }]);
show.plot({ data: { values: [{ a: 1, b: 2 }] }, mark: 'point', encoding: { x: { field: 'a', type: 'quantitative' } } }, 'A caption');
show.text(show.testImages(1000), show.dataset('own'));
`,
    );
    const first = run(file, 'one', '--test-images', '10');
    expect(first.stderr).toBe('');
    expect(first.status).toBe(0);
    expect(first.stdout).toContain('[3] Uses it\nb 7\n');
    expect(run(file, 'two', '--test-images', '10').status).toBe(0);
    const written = bytes('one');
    expect(Object.keys(written).sort()).toEqual(['shows-1.svg', 'shows.html', 'shows.md']);
    expect(bytes('two')).toEqual(written);
    const page = written['shows.html']!;
    expect(page).toContain('<title>What it &lt;shows&gt;</title>');
    expect(page).toContain('<pre class="output">b 7</pre>');
    expect(page).toContain('<pre class="output">10 own</pre>');
    expect(page).toContain('at most 10 test images (--test-images)');
    expect(page).toContain('<div class="scroll"><svg role="img" aria-label="A caption"');
    // every colour of the looks that dark pages change is there under the same name
    const greys = new Set(
      written['shows-1.svg']!.match(/(?:fill|stroke)="(?:white|#(?:333333|e6e6e6|808080))"/g),
    );
    expect(greys.size).toBeGreaterThan(2);
    for (const grey of greys) expect(page).toContain(`[${grey}]`);
    expect(page).not.toMatch(/<script|src="|@import/);
    expect(written['shows.md']).toContain('![A caption](shows-1.svg)');
    for (const content of Object.values(written)) expect(content).not.toContain(folder);
  });

  it('keeps what ran before an error, shows it with its line, and exits with 1', () => {
    const file = notebook(
      'fails.ts',
      "// %% good\nconsole.log('before');\n// %% bad\nconst x: number = 1;\nthrow new RangeError('no ' + x);\n// %% never\nconsole.log('after');\n",
    );
    const { status, stderr } = run(file, 'fails');
    expect(status).toBe(1);
    expect(stderr).toBe('cheetah: fails.ts:5: RangeError: no 1\n');
    const written = bytes('fails');
    expect(written['fails.html']).toContain('<pre class="output">before</pre>');
    expect(written['fails.html']).toContain('<pre class="error">RangeError: no 1</pre>');
    expect(written['fails.html']).not.toContain('after');
    expect(written['fails.md']).toContain('fails.ts:5: RangeError: no 1');
  });

  it('keeps the cells before a call of process.exit, and their page says what stopped it', () => {
    const text =
      '// %% first\nconsole.log("kept");\n// %% second\nconsole.log("also");\nprocess.exit(7);\n// %% third\n';
    const { status } = run(notebook('leaves.ts', text), 'leaves-out');
    expect(status).toBe(1);
    const page = readFileSync(join(folder, 'leaves-out', 'leaves.html'), 'utf8');
    expect(page).toContain('kept');
    expect(page).toContain('also');
    expect(page).toContain('the cell calls process.exit(7)');
    expect(page).not.toContain('third');
  });

  it.each([['syntax.ts', '// %% a\nconst = 3;\n', /^cheetah: syntax\.ts:2: /]])(
    'says in one line what is wrong with %s',
    expectOneLine,
  );

  it('refuses files that are none, that have no cells, and counts that are none', async () => {
    const refusal = (file: string, ...more: string[]) =>
      complaintOf(['notebook', 'run', file, '--out', join(folder, 'x'), ...more]);
    expect(await refusal(join(folder, 'none.ts'))).toMatch(/none\.ts does not exist; give a notebook/);
    expect(await refusal(notebook('a.txt', '// %%'))).toMatch(/ends in \.ts/);
    expect(await refusal(notebook('empty.ts', '\n'))).toMatch(/^cheetah: [^\n]*has no cells[^\n]*$/);
    expect(await refusal(notebook('b.ts', '// %%\n1;'), '--train-images', '0')).toMatch(
      /--train-images 0; give a whole number of at least 1/,
    );
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});
