/** Modules of the user's own, plugins and notebooks: TypeScript and JavaScript, in whatever package they stand. */
import { register } from 'node:module';

/** `.ts` where this file itself runs from its source, with the hooks, which a thread of node loads, from the build. */
const SOURCE = import.meta.url.endsWith('.ts');
const HOOKS = new URL(SOURCE ? '../dist/platform/module-hooks.js' : './module-hooks.js', import.meta.url);
const ENTRIES = {
  'cheetah-numerics': entry('index'),
  'cheetah-numerics/conformance': entry('conformance'),
  'cheetah-numerics/core': entry('core'),
};

function entry(name: string): string {
  return new URL(`../${name}.${SOURCE ? 'ts' : 'js'}`, import.meta.url).href;
}

/**
 * Lets `import(url)` take TypeScript (through tsx), and imports of this package by name the running copy. `served`: a
 * source that stands at an address where there is no file.
 */
export async function prepareImports(served?: {
  readonly url: string;
  readonly source: string;
}): Promise<void> {
  // the built package is there before the hooks are: each module loaded later costs messages to their thread and back
  if (!SOURCE) await import(ENTRIES['cheetah-numerics']);
  register(HOOKS, { data: { entries: ENTRIES, served } });
  // on top of our own hooks, for it is to translate what they serve; loaded here: nothing else needs it
  const tsx = await import('tsx/esm/api');
  tsx.register();
}

/** Why a module could not be loaded, in one line: of a syntax error its line and what is wrong there. */
export function loadReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const syntax = /:(\d+):\d+: ERROR: (.*)/.exec(message);
  return syntax ? `line ${syntax[1]}: ${syntax[2]}` : message.split('\n')[0]!;
}
