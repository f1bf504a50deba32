/** Choices as a table: what validation chose, from how many, and what the test images say. */
import type { Choice } from '../sweep/summary/best.js';
import { differingWords, wordsOf } from './differing.js';
import { accuracyText, dropText, evidenceNote, pText } from './significance.js';
import { threeDigits } from './sweep-table.js';
import { givenColumn, NOT_AVAILABLE, type Table } from './table.js';
import { productUnit } from './units.js';

/** `by`: names of the columns that were grouped by. */
export function bestTable(choices: readonly Choice[], by: readonly string[]): Table {
  const lines = choices.map(({ chosen }) => chosen);
  const words = differingWords(lines).filter((word) => !by.includes(word));
  const edp = productUnit(lines.flatMap(({ edpPjNs }) => edpPjNs ?? []));
  return {
    columns: [
      ...by.map((name, i) => givenColumn('left', `by${i}`, name.replaceAll('_', ' '))),
      givenColumn('left', 'format', 'chosen'),
      givenColumn('left', 'quantizer', 'quantizer'),
      ...(words.length === 0 ? [] : [givenColumn('left', 'more', 'with')]),
      givenColumn('right', 'candidates', 'of'),
      givenColumn('right', 'validation', 'validation', '%'),
      givenColumn('right', 'accuracy', 'test', '%'),
      givenColumn('right', 'drop', 'drop', 'points'),
      givenColumn('right', 'p', 'p'),
      givenColumn('right', 'edp', 'EDP', edp.name),
      givenColumn('left', 'verdict', 'against float32'),
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
