/** What docs/findings.md says of its runs outside of console blocks is what the committed results say. */
import { expect, it } from 'vitest';
import { proseOf, rowsOf, textOf } from './tables.js';

const prose = proseOf(textOf('docs', 'findings.md'));

it.each([
  { run: 'cheetah-grid', of: 'formats × quantizers' },
  { run: 'fashion-grid', of: 'formats × quantizers × granularities' },
])('$run: its trainings, points and float32', ({ run, of }) => {
  const lines = rowsOf(`${run}.summary.csv`);
  const baseline = lines.find(({ dataflow }) => dataflow === 'float')!;
  expect(baseline.seeds).toBe('5');
  const accuracy = (100 * Number(baseline.accuracy)).toFixed(1);
  expect(prose).toMatch(
    new RegExp(
      `LeNet-5, five trainings, ${lines.length - 1} ${of} +\`experiments/${run}.yaml\`; float32 has ${accuracy} % of`,
    ),
  );
});
