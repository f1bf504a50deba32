/**
 * Loader hooks (Node's module customization, run on its own thread): they serve a notebook's instrumented source
 * under an address of its own beside the file, so that its relative imports resolve, and give it this package by
 * name even where it is not installed beside it.
 */
import type { LoadHook, ResolveHook } from 'node:module';

export interface HookData {
  /** Where the instrumented notebook pretends to be. */
  readonly url: string;
  readonly source: string;
  readonly packageName: string;
  /** The package's entry: the copy that runs the notebook. */
  readonly packageUrl: string;
}

const served = new Map<string, HookData>();

export function initialize(data: HookData): void {
  served.set(data.url, data);
}

export const resolve: ResolveHook = (specifier, context, next) => {
  if (served.has(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
  const data = served.get(context.parentURL ?? '');
  return next(data && specifier === data.packageName ? data.packageUrl : specifier, context);
};

export const load: LoadHook = (url, context, next) => {
  const data = served.get(url);
  return data ? { format: 'module', source: data.source, shortCircuit: true } : next(url, context);
};
