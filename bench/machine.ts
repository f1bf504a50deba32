/** The machine a table was measured on. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os';

/** Packages whose speed is measured, or that make what is measured. */
const PACKAGES = ['onnxruntime-node', 'onnxruntime-web', 'assemblyscript'] as const;

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memory_gib: number;
  readonly system: string;
  readonly node: string;
  readonly date: string;
  readonly project: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Of the last minute, before the benches began: what else the machine did. */
  readonly load_average: number;
}

export function describeMachine(project: string): Machine {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string): string => {
    // packages hide their package.json behind `exports`, not their folder
    const folder = require.resolve.paths(name)!.map((path) => `${path}/${name}/package.json`);
    for (const file of folder) {
      try {
        return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
      } catch {
        // not in this folder of packages: the next one
      }
    }
    return 'n/a';
  };
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memory_gib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
    project,
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
    load_average: Math.round(100 * loadavg()[0]!) / 100,
  };
}
