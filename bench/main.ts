/** `npm run bench`: installs what the benches need beside the project, once, and runs them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UserError } from '../dist/errors.js';

const here = dirname(fileURLToPath(import.meta.url));

function install(): void {
  if (existsSync(join(here, 'node_modules', 'onnxruntime-node'))) return;
  process.stderr.write("installing the benches' own packages (npm ci in bench/, about 450 MB, once)\n");
  // npm's entry point is known to scripts that npm runs; a plain `npm` needs a shell on some systems
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const { status } = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  });
  if (status !== 0) throw new UserError('bench: its packages could not be installed; run `npm ci` in bench/');
}

try {
  install();
  const { runBenches } = await import('./run.js');
  await runBenches(process.argv);
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
