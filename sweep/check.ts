/** What can be known to be wrong before any work is done. */
import { loadCostSource } from '../input/cost-source.js';
import { movesCodes } from '../networks/calibration.js';
import { lower } from '../networks/lower.js';
import type { Network } from '../networks/network.js';
import { initialParameters } from '../networks/parameters.js';
import { checkLayers, parseAssignment } from '../quantizers/assignment.js';
import type { SweepPlan } from './plan.js';
import type { SweepSpec } from './spec.js';

/** Throws UserError for layers the network does not have and for cost sources that cannot be read. */
export function checkPlan(plan: SweepPlan, spec: SweepSpec, network: Network): void {
  for (const source of spec.cost) loadCostSource(source);
  // the steps do not depend on the values of the weights
  const { steps } = lower(network, initialParameters(network, 0));
  const withWeights = steps.filter((step) => step.kind === 'mac').map(({ name }) => name);
  const writers = steps.filter((step) => !movesCodes(step)).map(({ name }) => name);
  for (const { choice } of plan.points) {
    if (Object.keys(choice.formats.layers).length === 0) continue;
    checkLayers(parseAssignment(choice.formats), withWeights, ['input', ...writers]);
  }
}
