import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');

/** Packages that only the benches have, whose types are absent where these are not installed. */
function benchPackages(): string[] {
  const { dependencies } = JSON.parse(readFileSync(join(root, 'bench/package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return [...Object.keys(dependencies), 'onnxruntime-common'];
}

it('the benches fit the library they measure, whether their own packages are installed or not', () => {
  const project = ['-p', 'bench/tsconfig.json', '--pretty', 'false'];
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, ...project], {
    cwd: root,
    encoding: 'utf8',
  });
  const absent = benchPackages().map((name) => `TS2307: Cannot find module '${name}'`);
  const faults = stdout
    .split('\n')
    .filter((line) => line !== '' && !absent.some((way) => line.includes(way)));
  expect({ faults, stderr }).toEqual({ faults: [], stderr: '' });
});

it('they import no file of an older build, which dist may still hold', () => {
  const files = readdirSync(join(root, 'bench'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/node_modules|\.cache/.test(file),
  );
  const imported = files.flatMap((file) => {
    const text = readFileSync(join(root, 'bench', file), 'utf8');
    return [...text.matchAll(/'(?:\.\.\/)+dist\/([^']+)\.js'/g)].map((match) => match[1]!);
  });
  expect(imported.length).toBeGreaterThan(0);
  expect(imported.filter((file) => !existsSync(join(root, `${file}.ts`)))).toEqual([]);
});
