/** What can be known to be wrong before any work is done. */
import { loadCostSource } from '../input/cost-source.js';
import { movesCodes } from '../networks/calibration.js';
import { lower } from '../networks/lower.js';
import type { Network } from '../networks/network.js';
import { blankParameters } from '../networks/parameters.js';
import { checkLayers } from '../quantizers/assignment.js';
import type { SweepPlan } from './plan.js';
import type { SweepSpec } from './spec.js';

/** Throws UserError for layers the network does not have and for cost sources that cannot be read. */
export function checkPlan(plan: SweepPlan, spec: SweepSpec, network: Network): void {
  for (const source of spec.cost) loadCostSource(source);
  const assigned = plan.points.flatMap(({ format }) =>
    format.kind === 'given' && format.assignment.layers.size > 0 ? [format.assignment] : [],
  );
  if (assigned.length === 0) return;
  // the steps do not depend on the values of the weights
  const { steps } = lower(network, blankParameters(network));
  const withWeights = steps.filter((step) => step.kind === 'mac').map(({ name }) => name);
  const writers = steps.filter((step) => !movesCodes(step)).map(({ name }) => name);
  for (const assignment of assigned) {
    checkLayers(assignment, withWeights, ['input', ...writers]);
  }
}
