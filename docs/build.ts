/** Writes the pages that are made from the program's own lists. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { specJsonSchema } from '../sweep/json-schema.js';
import { specPage } from '../sweep/spec-page.js';

writeFileSync(join(import.meta.dirname, 'sweep-spec.md'), specPage());
writeFileSync(
  join(import.meta.dirname, 'sweep-spec.schema.json'),
  `${JSON.stringify(specJsonSchema(), null, 2)}\n`,
);
