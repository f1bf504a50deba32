/**
 * Loader hooks (Node's module customization, run on a thread of their own): they serve a source under an address of
 * its own beside its file, so that its relative imports resolve and it is a module whatever package it stands in, and
 * give every import of this package by name the copy that is running, installed there or not.
 */
import type { LoadHook, ResolveHook } from 'node:module';

export interface HookData {
  /** The addresses of this package's entries by the names they are imported by. */
  readonly entries: Readonly<Record<string, string>>;
  /** A source, and where it pretends to be; undefined where only the names are wanted. */
  readonly served: { readonly url: string; readonly source: string } | undefined;
}

const sources = new Map<string, string>();
let entries: HookData['entries'] = {};

export function initialize(data: HookData): void {
  entries = data.entries;
  if (data.served) sources.set(data.served.url, data.served.source);
}

export const resolve: ResolveHook = (specifier, context, next) => {
  if (sources.has(specifier)) return { url: specifier, format: 'module', shortCircuit: true };
  return next(entries[specifier] ?? specifier, context);
};

export const load: LoadHook = (url, context, next) => {
  const source = sources.get(url);
  return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
};
