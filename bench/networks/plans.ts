/** Plans of a calibrated network in one format, with the choices every bench uses. */
import { DEFAULT_CHOICES } from '../../dist/emac/layer/choices.js';
import { NEAREST_EVEN } from '../../dist/formats/format.js';
import { getFormat } from '../../dist/formats/registry.js';
import { createKernels, type Kernels } from '../../dist/kernels/loader.js';
import { type Calibration, makeEncodings } from '../../dist/networks/calibration.js';
import { compileEmac, type EmacPlan } from '../../dist/networks/dataflows/emac.js';
import type { Program } from '../../dist/networks/program.js';
import { uniformAssignment } from '../../dist/quantizers/assignment.js';
import { parseQuantizer } from '../../dist/quantizers/quantizer.js';
import type { Case } from '../formats.js';

/** The exact dataflow: nearest-even, saturating, one scale a tensor. */
export function emacPlan(
  program: Program,
  calibration: Calibration,
  { format, quantizer }: Case,
  batch: number,
  kernels: Kernels = createKernels(),
): EmacPlan {
  const table = makeEncodings(program, calibration, {
    assignment: uniformAssignment(getFormat(format)),
    quantizer: parseQuantizer(quantizer),
    rounding: NEAREST_EVEN,
    granularity: 'tensor',
  });
  return compileEmac(program, table, DEFAULT_CHOICES, { batch, kernels });
}
