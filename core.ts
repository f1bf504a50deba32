/**
 * The entry `cheetah-numerics/core`: formats, quantizers, the EMAC, kernels, lowering, dataflows and the mathematics of
 * training. It needs nothing of Node, neither files nor threads; `provideModules` hands it the kernels' bytes. One line
 * a floor, lowest first.
 */
export { exactDecimal } from './arithmetic/decimal.js';
export { randomWord, Stream } from './arithmetic/philox.js';
export type { Dataset, Split } from './datasets/dataset.js';
export {
  type Accumulator,
  DEFAULT_CHOICES,
  type LayerChoices,
  parseAccumulator,
} from './emac/layer/choices.js';
export { ExactDot } from './emac/unit/dot.js';
export { EmacUnit } from './emac/unit/pipeline.js';
export { runDot, runDots, traceDot, traceTable } from './emac/unit/pipeline-run.js';
export type { UnitSpec } from './emac/unit/spec.js';
export { exactAccumulatorBits, largestK, publishedWidths } from './emac/unit/widths.js';
export { UserError } from './errors.js';
export { defineFormat, type FormatDefinition } from './formats/define.js';
export { type EncodeEvent, errorText, eventOf } from './formats/events.js';
export { type Explanation, explain, explanationText } from './formats/explain.js';
export { NEAREST_EVEN, type NumberFormat, type Rounding } from './formats/format.js';
export { getFormat, listFormats, registerFormat } from './formats/registry.js';
export { bulkDecode, bulkEncode } from './formats/rounding/bulk.js';
export { decodeExact, referenceEncode } from './formats/rounding/reference.js';
export { createKernels, type Kernels } from './kernels/loader.js';
export {
  type CompiledModule,
  type ModuleName,
  type ModuleSource,
  provideModules,
} from './kernels/modules.js';
export { type Calibration, collectHistograms, makeEncodings } from './networks/calibration.js';
export type { Dataflow, Room } from './networks/dataflows/dataflow.js';
export { compileEmac, type EmacPlan } from './networks/dataflows/emac.js';
export { compileFloat } from './networks/dataflows/float.js';
export { dataflowNames, getDataflow, registerDataflow } from './networks/dataflows/registry.js';
export { compileSimulated } from './networks/dataflows/simulated.js';
export { evaluatePlan } from './networks/evaluation.js';
export { layerTable } from './networks/layer-table.js';
export { lower } from './networks/lower.js';
export type { Network, Parameters } from './networks/network.js';
export { defineOperator, type OperatorRule } from './networks/operators/operator.js';
export { type Operator, registerOperator } from './networks/operators/registry.js';
export { initialParameters } from './networks/parameters.js';
export type { Plan } from './networks/plan.js';
export { parseNetwork } from './networks/schema.js';
export { TrainingGraph } from './networks/training/graph.js';
export { crossEntropy } from './networks/training/loss.js';
export { Optimizer } from './networks/training/optimizer.js';
export { rateAt, resolveTraining, type TrainingOptions } from './networks/training/options.js';
export { getNetwork, listNetworks, networkNames, registerNetwork } from './networks/zoo/registry.js';
export { parseAssignment, uniformAssignment } from './quantizers/assignment.js';
export { calibrate } from './quantizers/calibrate.js';
export { decodeTensor, encodeTensor } from './quantizers/encoder.js';
export type { Encoding } from './quantizers/encoding.js';
export { Histogram } from './quantizers/histogram.js';
export { parseQuantizer, type Quantizer } from './quantizers/quantizer.js';
