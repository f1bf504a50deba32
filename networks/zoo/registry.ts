/** Networks by name. */

import { UserError } from '../../errors.js';
import { didYouMean } from '../../near.js';
import { countRegistration } from '../../registrations.js';
import type { Network } from '../network.js';
import { nodeFacts } from '../shapes.js';
import type { Shape } from '../tensor.js';
import { lenet5 } from './lenet5.js';
import { mlp4 } from './mlp4.js';

type Builder = (input: Shape, classes: number) => Network;

const builders = new Map<string, Builder>([
  ['lenet5', lenet5],
  ['mlp4', mlp4],
]);

/** Adds a network to the zoo under `name`, for this process; a taken name is an error. */
export function registerNetwork(name: string, build: Builder): void {
  if (builders.has(name)) throw new UserError(`network ${name}: the name is taken; register another`);
  builders.set(name, build);
  countRegistration();
}

export function networkNames(): readonly string[] {
  return [...builders.keys()];
}

function builderOf(name: string): Builder {
  const build = builders.get(name);
  if (build !== undefined) return build;
  throw new UserError(
    `network '${name}' is unknown; known are ${networkNames().join(', ')}${didYouMean(name, builders.keys())}`,
  );
}

/** Throws UserError where the zoo has no network `name`: a check before the data are read. */
export function checkNetworkName(name: string): void {
  builderOf(name);
}

/** The zoo's network `name` for images of shape `input` and `classes` classes; UserError where unknown or unfit. */
export function getNetwork(name: string, input: Shape, classes: number): Network {
  const network = builderOf(name)(input, classes);
  nodeFacts(network);
  return network;
}
