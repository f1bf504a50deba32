/** Cost sources by name, or from a user's JSON or YAML file. */
import type { z } from 'zod';
import { UserError } from '../../errors.js';
import { readBytes } from '../../input/bounded-file.js';
import { parseYaml } from '../../input/structured.js';
import { textOf } from '../../input/text.js';
import { type CostSource, costSourceSchema } from './source.js';
import { aladdin40 } from './sources/aladdin40.js';
import { ecp5, ice40, xc7 } from './sources/fpga.js';
import { horowitz45 } from './sources/horowitz45.js';
import { library45 } from './sources/library45.js';

const SOURCES: readonly CostSource[] = [library45, ice40, ecp5, xc7, aladdin40, horowitz45];

/** A table of prices is short; anything larger is the wrong file. */
const LARGEST_FILE = 2 ** 20;
const MOST_VALUES = 2 ** 14;

/** The built-in sources, the default first. */
export function listCostSources(): readonly CostSource[] {
  return SOURCES;
}

/**
 * A built-in source by its name, or the one a JSON or YAML file states (docs/cost.md has its shape). Throws
 * UserError for an unknown name, and for a file that cannot be read, is malformed, or takes a built-in's name.
 */
export function loadCostSource(nameOrFile: string): CostSource {
  const builtIn = SOURCES.find(({ name }) => name === nameOrFile);
  if (builtIn) return builtIn;
  const names = SOURCES.map(({ name }) => name).join(', ');
  if (!/[./\\]/.test(nameOrFile)) {
    throw new UserError(
      `cost source '${nameOrFile}' is unknown; use ${names}, or the path of a JSON or YAML file`,
    );
  }
  const source = checked(contents(nameOrFile, names), nameOrFile);
  if (SOURCES.some(({ name }) => name === source.name)) {
    throw new UserError(
      `cost file ${nameOrFile}: the name '${source.name}' is a built-in source's; give it another`,
    );
  }
  return source;
}

function contents(file: string, names: string): unknown {
  const bytes = readBytes(file, {
    most: LARGEST_FILE,
    wanted: `a cost table (a short JSON or YAML file), or one of ${names}`,
  });
  return parseYaml(textOf(bytes, file), file, { values: MOST_VALUES });
}

function checked(value: unknown, file: string): CostSource {
  const result = costSourceSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw new UserError(`cost file ${file}: ${describe(issue)}`);
}

function describe(issue: z.core.$ZodIssue): string {
  const at = issue.path.length === 0 ? 'the file' : `'${issue.path.join('.')}'`;
  return `${at}: ${issue.message.replace(/\s*\n\s*/g, ' ')}`;
}
