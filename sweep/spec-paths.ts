/** Files that a spec names: looked for beside the spec first, then where the command runs. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';

/** What of a spec may name a file. */
interface FileNames {
  readonly dataset?: string | undefined;
  readonly network?: string | undefined;
  readonly weights?: string | undefined;
  readonly cost: readonly string[];
}

/** What may be a file's path and not only a name: it has a separator or an ending. */
const PATH = /[./\\]/;

/** The spec with the paths of files that stand beside it, as they are from here; all else as it is written. */
export function withPathsFrom<Spec extends FileNames>(file: string, spec: Spec): Spec {
  const found = (name: string): string => {
    if (!PATH.test(name) || isAbsolute(name)) return name;
    const beside = join(dirname(file), name);
    return existsSync(beside) ? beside : name;
  };
  return {
    ...spec,
    ...(spec.dataset === undefined ? {} : { dataset: found(spec.dataset) }),
    ...(spec.network === undefined ? {} : { network: found(spec.network) }),
    ...(spec.weights === undefined ? {} : { weights: found(spec.weights) }),
    cost: spec.cost.map(found),
  };
}
