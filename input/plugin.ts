/** Formats of the user's own, loaded from their files by `--plugin`. */
import { basename, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { UserError } from '../errors.js';
import type { FormatFamily } from '../formats/family.js';
import type { NumberFormat } from '../formats/format.js';
import { isRegistered, registerFormat } from '../formats/registry.js';
import { loadReason, prepareImports } from '../platform/user-modules.js';
import { registrationCount } from '../registrations.js';
import { type Bounds, readBytes, requireFile } from './bounded-file.js';
import { textOf } from './text.js';

/** Longer than any module a person writes. */
const PLUGIN: Bounds = { most: 4 * 2 ** 20, wanted: 'the path of a .ts or .js file as a plugin' };

const loaded = new Set<string>();

function isFormat(exported: unknown): exported is NumberFormat {
  const format = exported as NumberFormat | undefined;
  return (
    typeof format?.name === 'string' && typeof format.bits === 'number' && typeof format.decode === 'function'
  );
}

function isFamily(exported: unknown): exported is FormatFamily {
  const family = exported as FormatFamily | undefined;
  return (
    typeof family?.name === 'string' && typeof family.parse === 'function' && Array.isArray(family.presets)
  );
}

/** What a TypeScript plugin is called while it loads; the ending makes it a module whatever package it stands in. */
const ENDING = '.plugin.mts';

async function importFile(file: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(file).href;
  if (!/\.[cm]?ts$/.test(file)) {
    await prepareImports();
    return (await import(url)) as Record<string, unknown>;
  }
  const served = { url: url + ENDING, source: textOf(readBytes(file, PLUGIN), file) };
  await prepareImports(served);
  return (await import(served.url)) as Record<string, unknown>;
}

/**
 * Loads a plugin, a module (.ts, .js, .mjs) that registers something, such as `registerFormat`, or exports formats (`defineFormat(…)`) or
 * families, which are then registered. The same file is loaded once. Throws UserError, in one line, for a file
 * that is missing, fails to load, brings nothing or brings a name that is taken.
 */
export async function loadPlugin(path: string): Promise<void> {
  const file = resolve(path);
  if (loaded.has(file)) return;
  const name = basename(path);
  requireFile(file, PLUGIN);
  const before = registrationCount();
  try {
    for (const exported of Object.values(await importFile(file))) {
      if ((isFormat(exported) || isFamily(exported)) && !isRegistered(exported)) registerFormat(exported);
    }
  } catch (error) {
    throw new UserError(`plugin ${name} failed to load: ${loadReason(error).replaceAll(ENDING, '')}`);
  }
  if (registrationCount() === before) {
    throw new UserError(
      `plugin ${name} brings no format, dataflow, network or data set; export a format made by defineFormat, or call registerFormat, registerDataflow, …`,
    );
  }
  loaded.add(file);
}

/** Loads plugins in the order given. */
export async function loadPlugins(paths: readonly string[]): Promise<void> {
  for (const path of paths) await loadPlugin(path);
}
