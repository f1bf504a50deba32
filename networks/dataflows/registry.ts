/** The dataflows by name. */

import { UserError } from '../../errors.js';
import { didYouMean } from '../../near.js';
import { alreadyRegistered, countRegistration } from '../../registrations.js';
import type { Dataflow } from './dataflow.js';
import { emacDataflow } from './emac.js';
import { floatDataflow } from './float.js';
import { integerJacobDataflow, integerTfliteDataflow } from './integer.js';
import { integerYaoDataflow } from './integer-yao.js';
import { simulatedDataflow } from './simulated.js';

const BUILT_IN: readonly Dataflow[] = [
  emacDataflow,
  simulatedDataflow,
  floatDataflow,
  integerTfliteDataflow,
  integerJacobDataflow,
  integerYaoDataflow,
];

const dataflows = new Map(BUILT_IN.map((flow) => [flow.name, flow]));

/** Adds a dataflow under a new name. Throws UserError where the name is taken or no name. */
export function registerDataflow(dataflow: Dataflow): void {
  const { name } = dataflow;
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name)) {
    throw new UserError(`dataflow '${name}': a name is up to 32 lower-case letters, digits and hyphens`);
  }
  if (dataflows.has(name)) {
    throw alreadyRegistered('dataflow', name);
  }
  dataflows.set(name, dataflow);
  countRegistration();
}

/** Names, the default first. */
export function dataflowNames(): string[] {
  return [...dataflows.keys()];
}

/** Throws UserError for a name that is unknown, with those that are known. */
export function getDataflow(name: string): Dataflow {
  const found = dataflows.get(name);
  if (found) return found;
  const names = dataflowNames();
  throw new UserError(`dataflow '${name}' is unknown${didYouMean(name, names)} (known: ${names.join(', ')})`);
}
