/** Names after an option, with commas between them: `posit8es1,posit<8,2>` is two, for a bracket holds its own comma. */
export function listedNames(text: string): string[] {
  return text.split(/,(?![^<([]*[>)\]])/).map((name) => name.trim());
}
