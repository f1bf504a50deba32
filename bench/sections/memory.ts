/** Peak memory of a process that runs a network, whole and on the kernels' heap. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Bench, Section } from '../bench.js';
import type { BenchRow } from '../rows.js';

const FORMATS = {
  quick: ['float32 network', 'posit8es1'],
  full: ['float32 network', 'posit8es1', 'float8e4m3fn', 'fixed8q5', 'posit16es1', 'posit32es2'],
} as const;

const IMAGES = { quick: 640, full: 10_000 } as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  // trained here, so that the processes find it in the cache
  await bench.models.get('lenet5');
  const rows: BenchRow[] = [];
  const formats = FORMATS[bench.effort];
  for (const [index, format] of formats.entries()) {
    bench.progress.say(`memory, ${format}`, index / formats.length);
    const images = format === 'posit32es2' ? 64 : IMAGES[bench.effort];
    const file = fileURLToPath(new URL('../memory-child.ts', import.meta.url));
    const argument = JSON.stringify({
      format,
      images,
      effort: bench.effort,
      data: bench.models.data ?? null,
    });
    const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, file, argument]);
    rows.push({ network: 'lenet5', format, images, ...(JSON.parse(stdout) as BenchRow) });
  }
  return rows;
}

export const memorySection: Section = {
  name: 'memory',
  title: 'Peak memory of a process, batches of 64 (MiB; before: network and data loaded)',
  shown: ['network', 'format', 'images', 'rss_before_mib', 'rss_peak_mib', 'added_mib', 'kernel_heap_mib'],
  run: measure,
};
