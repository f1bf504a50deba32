/** The library: what programs and notebooks import as `cheetah-numerics`. */
export { loadDataset } from './datasets/load.js';
export { UserError } from './errors.js';
export { NEAREST_EVEN, type NumberFormat, type Rounding } from './formats/format.js';
export { getFormat, registerFormat } from './formats/registry.js';
export { makeEncodings } from './networks/calibration.js';
export { layerTable } from './networks/layer-table.js';
export { parseAssignment, uniformAssignment } from './quantizers/assignment.js';
export { parseQuantizer } from './quantizers/quantizer.js';
export { type FigureSpec, figureSvg } from './report/figure.js';
export { show } from './report/notebook/show.js';
export { paretoPlot } from './report/plot.js';
export { sweepTable } from './report/sweep-table.js';
export { type Row as TableRow, type Table, tableOf } from './report/table.js';
export { htmlTable, markdownTable } from './report/table-markup.js';
export { textTable } from './report/table-text.js';
export { type Study, type StudyOptions, startStudy } from './sweep/study.js';
