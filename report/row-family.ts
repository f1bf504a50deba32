/** The family of a row's format, which CSV files of early versions do not say. */
import { getFormat, openFormats } from '../formats/registry.js';
import type { AnyRow } from '../sweep/summary/columns.js';

/** What the format's name says, in a plugin's word its first letters; `mixed` where tensors differ in format. */
export function familyOf({ family, format = '', weights, activations, layers }: AnyRow): string {
  if (family !== undefined) return family;
  if (weights !== activations || (layers ?? 'none') !== 'none') return 'mixed';
  const name = weights ?? format;
  try {
    return getFormat(openFormats(name)?.[0] ?? name).family;
  } catch {
    return /^[a-z]+/.exec(name)?.[0] ?? name;
  }
}
