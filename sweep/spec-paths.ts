/** Files that a spec names: looked for beside the spec first, then where the command runs. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isAssignmentFile, readAssignment } from './assignment-file.js';

/** What of a spec may name a file. */
interface FileNames {
  readonly dataset?: string | undefined;
  readonly network?: string | undefined;
  readonly weights?: string | undefined;
  readonly cost: readonly string[];
}

/** What may be a file's path and not only a name: it has a separator or an ending. */
const PATH = /[./\\]/;

/** A path that may stand beside the spec, as it is from here. */
function pathFrom(file: string, name: string): string {
  if (!PATH.test(name) || isAbsolute(name)) return name;
  const beside = join(dirname(file), name);
  return existsSync(beside) ? beside : name;
}

/** The fields of a spec, not yet checked, with the assignments in place of the files of `format` that hold them. */
export function withAssignmentsFrom(file: string, fields: object): object {
  const { format } = fields as { readonly format?: unknown };
  const read = (entry: unknown): unknown =>
    typeof entry === 'string' && isAssignmentFile(entry) ? readAssignment(pathFrom(file, entry)) : entry;
  if (format === undefined) return fields;
  return { ...fields, format: Array.isArray(format) ? format.map(read) : read(format) };
}

/** The spec with the paths of files that stand beside it, as they are from here; all else as it is written. */
export function withPathsFrom<Spec extends FileNames>(file: string, spec: Spec): Spec {
  const found = (name: string): string => pathFrom(file, name);
  return {
    ...spec,
    ...(spec.dataset === undefined ? {} : { dataset: found(spec.dataset) }),
    ...(spec.network === undefined ? {} : { network: found(spec.network) }),
    ...(spec.weights === undefined ? {} : { weights: found(spec.weights) }),
    cost: spec.cost.map(found),
  };
}
