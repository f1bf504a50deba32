/** How `cheetah dot` writes what it computed. */
import Papa from 'papaparse';
import type { EmacUnit } from '../emac/unit/pipeline.js';
import { describeUnit, type TracedRun, traceTable } from '../emac/unit/pipeline-run.js';

export type DotPrint = 'csv' | 'json' | 'trace' | 'trace-json';

export interface DotResult {
  readonly line: number;
  readonly k: number;
  readonly code: string;
  /** What the code means, exact decimal. */
  readonly value: string;
  readonly trace: { readonly unit: EmacUnit; readonly run: TracedRun } | undefined;
}

/** The text of the results: CSV, JSON, or every register of the unit after every clock edge. */
export function dotText(results: readonly DotResult[], print: DotPrint): string {
  switch (print) {
    case 'csv':
      return `${Papa.unparse([['code'], ...results.map(({ code }) => [code])], { newline: '\n' })}\n`;
    case 'json':
      return `${JSON.stringify(
        results.map(({ line, k, code, value }) => ({ line, k, code, value })),
        null,
        2,
      )}\n`;
    case 'trace':
      return results
        .map(({ line, k, code, trace }) => {
          const { unit, run } = trace!;
          return `line ${line}: K = ${k}\n${describeUnit(unit)}\n${traceTable(run)}\ncode ${code} after ${run.cycles} cycles\n`;
        })
        .join('\n');
    case 'trace-json':
      return `${JSON.stringify(
        results.map(({ line, k, code, value, trace }) => {
          const { unit, run } = trace!;
          return {
            line,
            k,
            code,
            value,
            cycles: run.cycles,
            registers: unit.registers,
            columns: run.columns,
            rows: run.rows,
          };
        }),
        null,
        2,
      )}\n`;
    default:
      return print satisfies never;
  }
}
