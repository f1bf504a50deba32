/** Cost sources by name, or from a user's JSON or YAML file. */
import type { z } from 'zod';
import { listCostSources } from '../emac/cost/built-in.js';
import { type CostSource, costSourceSchema } from '../emac/cost/source.js';
import { UserError } from '../errors.js';
import { readBytes } from './bounded-file.js';
import { parseYaml } from './structured.js';
import { textOf } from './text.js';

/** A table of prices is short; anything larger is the wrong file. */
const LARGEST_FILE = 2 ** 20;
const MOST_VALUES = 2 ** 14;

/**
 * A built-in source by its name, or the one a JSON or YAML file states (docs/cost.md has its shape). Throws
 * UserError for an unknown name, and for a file that cannot be read, is malformed, or takes a built-in's name.
 */
export function loadCostSource(nameOrFile: string): CostSource {
  const builtIn = listCostSources().find(({ name }) => name === nameOrFile);
  if (builtIn) return builtIn;
  const names = listCostSources()
    .map(({ name }) => name)
    .join(', ');
  if (!/[./\\]/.test(nameOrFile)) {
    throw new UserError(
      `cost source '${nameOrFile}' is unknown; use ${names}, or the path of a JSON or YAML file`,
    );
  }
  const source = checked(contents(nameOrFile, names), nameOrFile);
  if (listCostSources().some(({ name }) => name === source.name)) {
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
