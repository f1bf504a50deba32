/** Choices as a table: what validation chose, from how many, and what the test images say. */
import type { Choice } from '../sweep/summary/best.js';
import { differingWords, wordsOf } from './differing.js';
import { accuracyText, dropText, evidenceNote, pText } from './significance.js';
import { threeDigits } from './sweep-table.js';
import { type Column, NOT_AVAILABLE, type Table } from './table.js';
import { productUnit } from './units.js';

const GIVEN = { kind: 'given' } as const;

function column(key: string, header: string, align: Column['align'], unit = ''): Column {
  return { key, header, align, digits: GIVEN, priority: 0, ...(unit === '' ? {} : { unit }) };
}

/** `by`: names of the columns that were grouped by. */
export function bestTable(choices: readonly Choice[], by: readonly string[]): Table {
  const lines = choices.map(({ chosen }) => chosen);
  const words = differingWords(lines).filter((word) => !by.includes(word));
  const edp = productUnit(lines.flatMap(({ edpPjNs }) => edpPjNs ?? []));
  return {
    columns: [
      ...by.map((name, i) => column(`by${i}`, name.replaceAll('_', ' '), 'left')),
      column('format', 'chosen', 'left'),
      column('quantizer', 'quantizer', 'left'),
      ...(words.length === 0 ? [] : [column('more', 'with', 'left')]),
      column('candidates', 'of', 'right'),
      column('validation', 'validation', 'right', '%'),
      column('accuracy', 'test', 'right', '%'),
      column('drop', 'drop', 'right', 'points'),
      column('p', 'p', 'right'),
      column('edp', 'EDP', 'right', edp.name),
      column('verdict', 'against float32', 'left'),
    ],
    rows: choices.map(({ group, chosen, candidates }) => ({
      ...Object.fromEntries(group.map((value, i) => [`by${i}`, value ?? NOT_AVAILABLE])),
      format: chosen.format,
      quantizer: chosen.quantizer ?? NOT_AVAILABLE,
      more: wordsOf(chosen, words),
      candidates,
      validation: accuracyText({
        accuracy: chosen.validationAccuracy,
        accuracyLow: undefined,
        accuracyHigh: undefined,
      }),
      accuracy: accuracyText(chosen),
      drop: dropText(chosen),
      p: pText(chosen.correctedP),
      edp: chosen.edpPjNs === undefined ? NOT_AVAILABLE : threeDigits(chosen.edpPjNs / edp.divisor),
      verdict: chosen.verdict ?? NOT_AVAILABLE,
    })),
    notes: [
      'Chosen by the validation images, which no training saw: the highest mean over the seeds, of equals the lower EDP. The test images had no part in it.',
      evidenceNote(lines),
    ],
  };
}
