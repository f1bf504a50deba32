/** Names in C of what has any name. */

/** Lower-case letters, digits and single underscores, beginning with a letter. */
export function identifierOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return /^[a-z]/.test(plain) ? plain : `layer_${plain}`.replace(/_+$/, '');
}

/** One identifier for each name, no two alike. */
export function identifiersOf(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const wanted = identifierOf(name);
    let identifier = wanted;
    for (let count = 2; taken.has(identifier); count++) identifier = `${wanted}_${count}`;
    taken.add(identifier);
    return identifier;
  });
}

/** What came from outside, as a comment of C may hold it: one line that ends no comment and begins none. */
export function commentOf(text: string): string {
  return text
    .replace(/[^\x20-\x7e]+/g, '?')
    .replace(/\*\//g, '* /')
    .replace(/\/\*/g, '/ *')
    .slice(0, 200);
}
