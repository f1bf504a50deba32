/** Names with commas between them: `posit8es1,posit<8,2>` is two, for a comma inside brackets separates nothing. */
export function listedNames(text: string): string[] {
  return text.split(/,(?![^<([]*[>)\]])/).map((name) => name.trim());
}
