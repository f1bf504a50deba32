// %% [markdown]
// # Comparing formats layer by layer
//
// A format that ruins one layer may be more than enough for the next. This notebook asks two questions of LeNet-5,
// and whether the cheap one answers the dear one:
//
// 1. How much noise does each format add to **each tensor**, taken alone? (Seconds, no labels needed.)
// 2. How much accuracy is lost when **one layer** is narrow and all the others are wide? (A run of the network each.)
//
// Run it on other data with `--dataset mnist --data DIR`; try a change quickly with `--train-images 500 --test-images 500`.

// %% The network, trained in float32
import {
  getFormat,
  layerTable,
  loadDataset,
  makeEncodings,
  NEAREST_EVEN,
  parseQuantizer,
  show,
  startStudy,
  sweepTable,
  uniformAssignment,
} from 'cheetah-numerics';

const dataset = await loadDataset(show.dataset('strokes'), show.dataDirectory(), {
  train: show.trainImages(6000),
  test: show.testImages(1000),
});
const study = await startStudy({
  dataset,
  network: 'lenet5',
  training: { epochs: 2 },
  calibrationImages: 200,
});
show.text(
  `${dataset.name}, LeNet-5 in float32: ${study.test.correct} of ${study.test.count} test images right`,
);

// %% [markdown]
// ## Noise, tensor by tensor
//
// The measure is the signal to quantization noise ratio (SQNR): the energy of the float32 values over the energy of
// what their codes lose, in decibels. Six decibels are one bit of precision. All formats below have 6 bits and the
// scale of least squared error, so the differences are those of *where* each format puts its 64 codes.

// %% SQNR of every tensor in every format
const names = ['posit6es0', 'posit6es1', 'posit6es2', 'float6e2m3', 'float6e3m2', 'fixed6q5', 'affine6s'];
const tables = names.map((name) =>
  makeEncodings(study.program, study.calibration, {
    assignment: uniformAssignment(getFormat(name)),
    quantizer: parseQuantizer('linear'),
    rounding: NEAREST_EVEN,
    granularity: 'tensor',
  }),
);
const records = layerTable(study.float, study.batches(), tables);
const tensors = [...new Set(records.map(({ tensor, kind }) => `${tensor} ${kind}`))];
const sqnr = (tensor: string, format: string): number | undefined =>
  records.find((record) => `${record.tensor} ${record.kind}` === tensor && record.format === format)?.sqnr;
show.table(
  tensors.map((tensor) => ({
    tensor,
    ...Object.fromEntries(names.map((name) => [name, sqnr(tensor, name)?.toFixed(1)])),
  })),
);
show.plot(
  {
    title: {
      text: 'Signal to quantization noise of each tensor in 6 bits',
      subtitle: `dB, ${study.calibration.images} calibration images of ${dataset.name}; more is better`,
    },
    data: {
      values: records.map(({ tensor, kind, format, sqnr: ratio }) => ({
        tensor: `${tensor} ${kind}`,
        format,
        sqnr: Math.min(ratio, 60),
      })),
    },
    width: { step: 74 },
    height: { step: 24 },
    encoding: {
      x: {
        field: 'format',
        type: 'nominal',
        sort: names,
        axis: { title: null, labelAngle: 0, orient: 'top' },
      },
      y: { field: 'tensor', type: 'nominal', sort: tensors, axis: { title: null } },
    },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white', strokeWidth: 1 },
        encoding: {
          color: {
            field: 'sqnr',
            type: 'quantitative',
            scale: { scheme: 'blues', zero: false },
            legend: { title: 'dB' },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 10.5, stroke: 'white', strokeWidth: 2.5 },
        encoding: { text: { field: 'sqnr', type: 'quantitative', format: '.1f' } },
      },
      {
        mark: { type: 'text', fontSize: 10.5, color: '#1a1a1a' },
        encoding: { text: { field: 'sqnr', type: 'quantitative', format: '.1f' } },
      },
    ],
  },
  'Rows in the order of the network, the images first.',
);

// %% [markdown]
// Read it by columns first: each exponent bit that a posit or float adds costs some five decibels here, a bit of
// precision, and buys range that LeNet's short-tailed tensors do not need. Then by rows: behind a ReLU all values
// are positive, and a format with a zero point spends every code on them, while a signed one leaves half its codes
// idle. For weights, which have both signs, that advantage is gone. No format wins every row, which is the case for
// mixing them.

// %% [markdown]
// ## One narrow layer at a time
//
// Noise in a tensor is not yet a wrong answer: errors average out in long sums, and later layers may not care. So
// run the network with every layer in 8-bit posits but one, whose weights and outputs have 4 bits. The drop is that
// layer's own **sensitivity**.

// %% Sensitivity of each layer
const wide = 'posit8es1';
const narrow = 'posit4es1';
const layers = study.program.steps.flatMap((step) => (step.kind === 'mac' ? [step.name] : []));
const sensitivity = study.rows({
  format: [
    wide,
    ...layers.map((layer) => ({
      name: `${layer} narrow`,
      weights: wide,
      activations: wide,
      layers: { [layer]: { weights: narrow, activations: narrow } },
    })),
    narrow,
  ],
  quantizer: ['linear'],
});
show.table(
  sensitivity.map((row) => ({
    formats: row.format!,
    accuracy_percent: 100 * Number(row.accuracy),
    'interval low': 100 * Number(row.accuracyLow),
    'interval high': 100 * Number(row.accuracyHigh),
    'drop in points': 100 * Number(row.drop),
    'McNemar p': row.mcnemarP ?? 'n/a',
  })),
);

// %% [markdown]
// ## A format for each layer
//
// Now spend bits where they matter. Order the layers by the accuracy on the validation images and make them narrow one after the other, the
// least sensitive first; in the table, sorted by energy-delay product, that order runs upwards. Delay moves in steps:
// each combination of formats has its own unit, one clock drives them all, and the slowest unit sets it until the
// last wide one of its kind is gone.

// %% Narrowing layer after layer
const validated = (layer: string): number =>
  Number(sensitivity.find((row) => row.format === `${layer} narrow`)!.validationAccuracy);
const order = [...layers].sort((a, b) => validated(b) - validated(a));
const mixes = study.summary({
  format: order.map((_, i) => ({
    name: `${i + 1} narrow: ${order.slice(0, i + 1).join(' ')}`,
    weights: wide,
    activations: wide,
    layers: Object.fromEntries(
      order.slice(0, i + 1).map((layer) => [layer, { weights: narrow, activations: narrow }]),
    ),
  })),
  quantizer: ['linear'],
});
show.table(sweepTable(mixes));
show.plot(
  {
    title: {
      text: 'Accuracy as layers become narrow',
      subtitle: `whiskers: Wilson 95 % intervals; ${wide} to ${narrow}`,
    },
    width: 560,
    height: 260,
    data: {
      values: mixes
        .filter((row) => row.dataflow === 'emac')
        .map((row) => ({
          kilobits: Number(row.parameterBits) / 1000,
          accuracy: 100 * Number(row.accuracy),
          low: 100 * Number(row.accuracyLow),
          high: 100 * Number(row.accuracyHigh),
        })),
    },
    encoding: {
      x: {
        field: 'kilobits',
        type: 'quantitative',
        scale: { zero: false, reverse: true },
        axis: { title: 'Packed parameters (kbit)' },
      },
    },
    layer: [
      {
        mark: { type: 'rule', color: '#0072B2', opacity: 0.6 },
        encoding: {
          y: {
            field: 'low',
            type: 'quantitative',
            scale: { zero: false },
            axis: { title: 'Test accuracy (%)' },
          },
          y2: { field: 'high' },
        },
      },
      {
        mark: { type: 'line', color: '#0072B2', point: { filled: true, size: 50, color: '#0072B2' } },
        encoding: { y: { field: 'accuracy', type: 'quantitative' } },
      },
    ],
  },
  'Each point makes one more layer narrow, the least sensitive first.',
);

// %% [markdown]
// ## What to take home
//
// SQNR is a good first filter: it takes seconds, needs no labels and shows which formats suit a tensor's shape. But it
// ranks tensors, not layers; what a layer's noise does to the answer is seen only by running the network. The last
// layer shows it: its tensors are no noisier than the others, yet nothing after it averages the noise away. Once
// you have an assignment,
// put it into a sweep's spec under `layers:` (see `experiments/by-layer.yaml`).
