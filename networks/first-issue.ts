import type { z } from 'zod';

/** The first complaint of a zod error, on one line. */
export function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  const where = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return `${where}${issue.message.slice(0, 1).toLowerCase()}${issue.message.slice(1, 200)}`;
}
