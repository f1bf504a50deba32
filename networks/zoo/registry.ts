/** Networks by name: a new one is its file and a line here. */

import { UserError } from '../../errors.js';
import { didYouMean } from '../../near.js';
import { countRegistration } from '../../registrations.js';
import type { Network } from '../network.js';
import { networkTotals, nodeFacts } from '../shapes.js';
import type { Shape } from '../tensor.js';
import { conv1dTiny } from './conv1d-tiny.js';
import { convnetCifar } from './convnet-cifar.js';
import { dcnnLarge, dcnnSmall } from './dcnn.js';
import { densenetTiny } from './densenet-tiny.js';
import { lenet5 } from './lenet5.js';
import { mlp4, mlpTiny } from './mlp.js';
import { mobilenetTiny } from './mobilenet-tiny.js';
import { resnet8 } from './resnet8.js';

type Builder = (input: Shape, classes: number) => Network;

/** What a network is meant for: images or rows of one shape, and how many classes. */
export interface NetworkUse {
  readonly input: Shape;
  readonly classes: number;
}

interface Entry {
  readonly build: Builder;
  readonly uses: readonly NetworkUse[];
}

const GREY: NetworkUse = { input: [28, 28, 1], classes: 10 };
const COLOUR: NetworkUse = { input: [32, 32, 3], classes: 10 };
const IRIS: NetworkUse = { input: [4], classes: 3 };
const BREAST_CANCER: NetworkUse = { input: [30], classes: 2 };

const entries = new Map<string, Entry>([
  ['lenet5', { build: lenet5, uses: [GREY, COLOUR] }],
  ['mlp4', { build: mlp4, uses: [GREY, COLOUR] }],
  ['mlp-tiny', { build: mlpTiny, uses: [IRIS, BREAST_CANCER] }],
  ['dcnn-small', { build: dcnnSmall, uses: [GREY, COLOUR] }],
  ['dcnn-large', { build: dcnnLarge, uses: [GREY, COLOUR] }],
  ['convnet-cifar', { build: convnetCifar, uses: [COLOUR] }],
  ['resnet8', { build: resnet8, uses: [COLOUR] }],
  ['densenet-tiny', { build: densenetTiny, uses: [COLOUR] }],
  ['mobilenet-tiny', { build: mobilenetTiny, uses: [COLOUR] }],
  ['conv1d-tiny', { build: conv1dTiny, uses: [{ input: [196, 1], classes: 10 }] }],
]);

/**
 * Adds a network to the zoo under `name`, for this process; a taken name is an error. `uses` are the inputs it is listed
 * with; it may take others.
 */
export function registerNetwork(name: string, build: Builder, uses: readonly NetworkUse[] = []): void {
  if (entries.has(name)) throw new UserError(`network ${name}: the name is taken; register another`);
  entries.set(name, { build, uses });
  countRegistration();
}

export function networkNames(): readonly string[] {
  return [...entries.keys()];
}

/** A network of the zoo with what it is meant for; parameters (learned and tracked) and multiply-accumulates an image. */
export interface NetworkFacts {
  readonly name: string;
  readonly uses: readonly (NetworkUse & { readonly parameters: number; readonly macs: number })[];
}

/** Every network of the zoo, in its order. */
export function listNetworks(): NetworkFacts[] {
  return [...entries].map(([name, { build, uses }]) => ({
    name,
    uses: uses.map((use) => ({ ...use, ...networkTotals(build(use.input, use.classes)) })),
  }));
}

function builderOf(name: string): Builder {
  const entry = entries.get(name);
  if (entry !== undefined) return entry.build;
  throw new UserError(
    `network '${name}' is unknown; known are ${networkNames().join(', ')}${didYouMean(name, entries.keys())}`,
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
