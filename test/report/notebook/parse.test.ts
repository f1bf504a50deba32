import { describe, expect, it } from 'vitest';
import { highlight } from '../../../report/notebook/highlight.js';
import { markdownHtml } from '../../../report/notebook/markdown.js';
import { instrument, parseNotebook } from '../../../report/notebook/parse.js';

const source = `#!/usr/bin/env node
import { a } from './a.js';

// %% [markdown]
// # Title
//
// Words.
// %% A cell
const x = 1
//%% [md] other
// more

// %%
const text = '// %% not a marker';
  // %% nor this
`;

describe('the percent format', () => {
  it('cuts a file into code and Markdown cells', () => {
    expect(parseNotebook(source)).toEqual([
      {
        index: 0,
        kind: 'code',
        title: '',
        line: 1,
        text: "#!/usr/bin/env node\nimport { a } from './a.js';",
      },
      { index: 1, kind: 'markdown', title: '', line: 4, text: '# Title\n\nWords.' },
      { index: 2, kind: 'code', title: 'A cell', line: 8, text: 'const x = 1' },
      { index: 3, kind: 'markdown', title: 'other', line: 10, text: 'more' },
      {
        index: 4,
        kind: 'code',
        title: '',
        line: 13,
        text: "const text = '// %% not a marker';\n  // %% nor this",
      },
    ]);
    expect(parseNotebook('\n\n')).toEqual([]);
  });

  it('reads files with carriage returns', () => {
    expect(parseNotebook('// %% a\r\nx\r\n')[0]!.text).toBe('x');
  });

  it('is instrumented line for line', () => {
    const lines = instrument(source, parseNotebook(source)).split('\n');
    expect(lines).toHaveLength(source.split('\n').length);
    expect(lines[7]).toBe(';globalThis.__cheetahCell(2);');
    expect(lines[13]).toBe("const text = '// %% not a marker';");
  });
});

describe('Markdown', () => {
  it('becomes HTML, block by block', () => {
    expect(markdownHtml('# A *b*\n\nTwo\nlines, `<c>`.\n\n- x\n  more\n- **y**\n\n1. z')).toBe(
      [
        '<h1>A <em>b</em></h1>',
        '<p>Two\nlines, <code>&lt;c&gt;</code>.</p>',
        '<ul><li>x more</li><li><strong>y</strong></li></ul>',
        '<ol><li>z</li></ol>',
      ].join('\n'),
    );
    expect(markdownHtml('an **exact\nunit** of *one\nkind*')).toBe(
      '<p>an <strong>exact\nunit</strong> of <em>one\nkind</em></p>',
    );
    expect(markdownHtml('```ts\na < b\n```\n> q')).toBe(
      '<pre><code>a &lt; b</code></pre>\n<blockquote><p>q</p></blockquote>',
    );
    expect(markdownHtml('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toContain(
      '<tbody><tr><td>1</td><td>2</td></tr></tbody>',
    );
  });

  it('shows HTML instead of running it, and follows no link that runs something', () => {
    const html = markdownHtml('<script>x</script> [a](javascript:alert(1)) [b](https://c.d)');
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('href="javascript');
    expect(html).toContain('<a href="https://c.d">b</a>');
  });
});

describe('highlighting', () => {
  it('marks tokens and changes no text', () => {
    const code = "const x = 'a < b'; // c\nreturn 1.5;";
    const html = highlight(code);
    expect(html).toContain('<span class="keyword">const</span>');
    expect(html).toContain('<span class="string">\'a &lt; b\'</span>');
    expect(html).toContain('<span class="comment">// c</span>');
    expect(html.replace(/<[^>]+>/g, '').replaceAll('&lt;', '<')).toBe(code);
  });
});
