/** The cost sources that come with the project. */
import type { CostSource } from './source.js';
import { aladdin40 } from './sources/aladdin40.js';
import { ecp5, ice40, xc7 } from './sources/fpga.js';
import { horowitz45 } from './sources/horowitz45.js';
import { library45 } from './sources/library45.js';

const SOURCES: readonly CostSource[] = [library45, ice40, ecp5, xc7, aladdin40, horowitz45];

/** All of them, the default first. */
export function listCostSources(): readonly CostSource[] {
  return SOURCES;
}
