/**
 * The library: everything the command line does, as functions. One line a floor, lowest first; heavy libraries
 * (plots, statistics) are loaded only when they are used.
 */
import './platform/kernel-files.js';

export { exactDecimal } from './arithmetic/decimal.js';
export { randomWord, Stream } from './arithmetic/philox.js';
export { type Dataset, normalizedImages, type Split } from './datasets/dataset.js';
export type { FetchCalls } from './datasets/fetch.js';
export { type FetchedData, fetchData } from './datasets/fetch-data.js';
export { type DatasetEntry, inventory } from './datasets/inventory.js';
export { calibrationIndices, datasetNames, loadDataset, registerDataset } from './datasets/load.js';
export { listCostSources } from './emac/cost/built-in.js';
export { type FitOptions, type FittedSource, fitCost } from './emac/cost/fit.js';
export { costOfInference, type InferenceCost, type InferenceOptions } from './emac/cost/inference.js';
export type { Measurement } from './emac/cost/measurement.js';
export {
  cyclesOf,
  type LoopCycles,
  type LoopTurns,
  loopCycles,
  type OperandForm,
  timeRatio,
  type ZeroPoints,
} from './emac/cost/skipping.js';
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
export { loadCostSource } from './input/cost-source.js';
export { parseMeasurements, readMeasurements } from './input/measurements.js';
export { createKernels, type Kernels } from './kernels/loader.js';
export { type Calibration, collectHistograms, makeEncodings } from './networks/calibration.js';
export type { Dataflow, Room } from './networks/dataflows/dataflow.js';
export { compileEmac, type EmacPlan } from './networks/dataflows/emac.js';
export { compileFloat } from './networks/dataflows/float.js';
export { dataflowNames, getDataflow, registerDataflow } from './networks/dataflows/registry.js';
export { compileSimulated } from './networks/dataflows/simulated.js';
export { evaluatePlan } from './networks/evaluation.js';
export { exportC, type WrittenC } from './networks/files/export-c.js';
export { type Inference, inferAll, openInference } from './networks/files/inference.js';
export { loadModel, saveModel } from './networks/files/model.js';
export { RequantizationComparison } from './networks/integer/compare.js';
export { integerProgram } from './networks/integer/from-program.js';
export { layerTable } from './networks/layer-table.js';
export { lower } from './networks/lower.js';
export type { Network, Parameters } from './networks/network.js';
export { defineOperator, type OperatorRule } from './networks/operators/operator.js';
export { type Operator, registerOperator } from './networks/operators/registry.js';
export type { Plan } from './networks/plan.js';
export { integerGraph as tfliteGraph } from './networks/tflite/integer.js';
export { train } from './networks/training/train.js';
export { getNetwork, listNetworks, networkNames, registerNetwork } from './networks/zoo/registry.js';
export { parseAssignment, uniformAssignment } from './quantizers/assignment.js';
export { calibrate } from './quantizers/calibrate.js';
export { decodeTensor, encodeTensor } from './quantizers/encoder.js';
export type { Encoding } from './quantizers/encoding.js';
export { Histogram } from './quantizers/histogram.js';
export { parseQuantizer, type Quantizer } from './quantizers/quantizer.js';
export { bestTable } from './report/best-table.js';
export { compareRows, type PairComparison } from './report/compare.js';
export { comparisonTable } from './report/comparison-table.js';
export { type FigureSpec, figureSvg } from './report/figure.js';
export { figurePdf } from './report/figure-pdf.js';
export { figurePng } from './report/figure-png.js';
export type { Looks, Theme } from './report/figure-theme.js';
export { type NotebookResult, type NotebookRun, runNotebook } from './report/notebook/run.js';
export { show } from './report/notebook/show.js';
export { paretoPlot } from './report/plot.js';
export { sensitivityPlot } from './report/sensitivity-plot.js';
export { assignmentTable, sensitivityTable } from './report/sensitivity-table.js';
export { summaryTable, type TableChoice } from './report/summary-table.js';
export { sweepTable } from './report/sweep-table.js';
export { type Table, type TableRow, tableOf } from './report/table.js';
export { type TableForm, tableIn, tableOfCsv } from './report/table-file.js';
export { latexTable } from './report/table-latex.js';
export { htmlTable, markdownTable } from './report/table-markup.js';
export { textTable } from './report/table-text.js';
export { COLUMNS, type Column, type SweepRow } from './sweep/columns.js';
export { type Estimate, estimateSweep } from './sweep/estimate.js';
export { evaluatePoint, exportPoint, pointVectors } from './sweep/one-point.js';
export type { PointChoices } from './sweep/opened.js';
export { describePlan, planSweep, type SweepPlan } from './sweep/plan.js';
export { type Predictions, readPredictions } from './sweep/predictions.js';
export { readRows, rowsToCsv } from './sweep/rows.js';
export { runSweep, type SweepOptions, type SweepResult } from './sweep/run.js';
export type { SensitivityRequest } from './sweep/sensitivity/request.js';
export type { Sensitivity } from './sweep/sensitivity/result.js';
export { checkSpec, parseSpec, readSpec, type SweepSpec } from './sweep/spec.js';
export { checkFiles } from './sweep/spec-source.js';
export { mcnemarExact } from './sweep/statistics/mcnemar.js';
export { wilson } from './sweep/statistics/wilson.js';
export { type Study, type StudyOptions, type StudySource, startStudy } from './sweep/study.js';
export type { StudyAxes, StudyFormat } from './sweep/study-axes.js';
export { type Choice, choicesBy } from './sweep/summary/best.js';
export { SUMMARY_COLUMNS, type SummaryRow } from './sweep/summary/columns.js';
export { summaryOf } from './sweep/summary/file.js';
export { summarize } from './sweep/summary/summarize.js';
export { type ZeroChoices, type ZeroRecord, zeroSkipping } from './sweep/zero-skipping.js';
