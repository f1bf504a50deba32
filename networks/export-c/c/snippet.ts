/** Pieces of a C program that need each other. */

/** A function or a struct; it stands once, after what it needs. */
export interface Snippet {
  readonly name: string;
  readonly text: string;
  readonly needs: readonly Snippet[];
}

/** What a step becomes. */
export interface StepText {
  readonly snippets: readonly Snippet[];
  readonly calls: readonly string[];
}

/** Every piece once, each after those it needs. */
export function inOrder(snippets: readonly Snippet[]): readonly string[] {
  const texts = new Map<string, string>();
  const visit = ({ name, text, needs }: Snippet): void => {
    if (texts.has(name)) return;
    needs.forEach(visit);
    texts.set(name, text.trim());
  };
  snippets.forEach(visit);
  return [...texts.values()];
}
