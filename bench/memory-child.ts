/** Runs LeNet-5 in one format on so many images and prints, as JSON, what memory that took at most. */
import { createKernels } from '../dist/kernels/loader.js';
import { compileFloat } from '../dist/networks/dataflows/float.js';
import '../dist/platform/kernel-files.js';
import type { Effort } from './effort.js';
import { emacPlan } from './networks/plans.js';
import { Models } from './networks/trained.js';

interface Task {
  /** A format, or `float32 network` for the float dataflow. */
  readonly format: string;
  readonly images: number;
  readonly effort: Effort;
  readonly data: string | null;
}

const MIB = 2 ** 20;
const BATCH = 64;
const SILENT = { say() {}, end() {} };

const { format, images, effort, data } = JSON.parse(process.argv[2]!) as Task;
const model = await new Models(effort, data ?? undefined, SILENT).get('lenet5');
const inputs = model.testImages(images);
const { calibration, program } = model;
const kernels = createKernels();
const before = process.memoryUsage().rss;
const plan =
  format === 'float32 network'
    ? compileFloat(program, { batch: BATCH })
    : emacPlan(program, calibration, { format, quantizer: 'rounding' }, BATCH, kernels);
const size = inputs.length / images;
let most = before;
for (let from = 0; from < images; from += BATCH) {
  const count = Math.min(BATCH, images - from);
  plan.run(inputs.subarray(from * size, (from + count) * size), count);
  most = Math.max(most, process.memoryUsage().rss);
}
process.stdout.write(
  JSON.stringify({
    rss_before_mib: Math.round(before / MIB),
    rss_peak_mib: Math.round(most / MIB),
    // compiling and calibrating included; what Node needs by itself is not
    added_mib: Math.round((most - before) / MIB),
    // the float dataflow keeps its heap to itself
    kernel_heap_mib: plan.dataflow === 'emac' ? Math.round((10 * kernels.used) / MIB) / 10 : 'n/a',
  }),
);
