/** `cheetah cost fit`. */

import { listCostSources } from '../emac/cost/built-in.js';
import { type FitOptions, fitCost } from '../emac/cost/fit.js';
import { UserError } from '../errors.js';
import { readMeasurements } from '../input/measurements.js';
import { writeAtomically } from '../platform/atomic-file.js';

export interface FitRequest {
  readonly measurements: string;
  readonly name: string;
  readonly out: string;
  readonly describes: string | undefined;
  readonly luts: FitOptions['lutKind'];
  readonly json: boolean;
}

/** Fits, writes the source and prints how good each fit is. */
export async function fitFile({ measurements, name, out, describes, luts, json }: FitRequest): Promise<void> {
  if (!out.toLowerCase().endsWith('.json')) {
    throw new UserError(`--out ${out} is no name of a cost file; end it in .json`);
  }
  if (listCostSources().some((source) => source.name === name)) {
    throw new UserError(`--name ${name} is a built-in source's; give another`);
  }
  const units = readMeasurements(measurements);
  const { source, fits } = await fitCost(units, { name, describes, lutKind: luts });
  writeAtomically(out, `${JSON.stringify(source, undefined, 2)}\n`);
  if (json) {
    console.log(JSON.stringify({ source: source.name, out, fits }, null, 2));
    return;
  }
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`;
  for (const { figure, units: count, rSquared, rms, leaveOneOut } of fits) {
    console.log(
      `${figure}: ${count} units, R² ${rSquared.toFixed(3)}, rms ${percent(rms)}, leave-one-out ${percent(leaveOneOut)}`,
    );
  }
  console.log(`${source.name} is in ${out}; use it with --cost ${out}`);
}
