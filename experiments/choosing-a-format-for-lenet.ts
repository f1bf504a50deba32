// %% [markdown]
// # Choosing a format for LeNet
//
// A network trained in float32 has to run on a small chip. Which 5- to 8-bit number format should it run in, and
// what does that choice cost in energy and delay?
//
// This notebook trains LeNet-5, puts it into 35 formats, runs every one through an **exact
// multiply-accumulate unit** (products and sums exact, one rounding a neuron, as in Deep Positron and Cheetah),
// and sets accuracy against the energy-delay product of one inference.
//
// Run it on other data with `--dataset mnist --data DIR`; try a change quickly with `--train-images 500 --test-images 500`.

// %% The network, trained in float32
import { loadDataset, paretoPlot, show, startStudy, sweepTable } from 'cheetah-numerics';

const dataset = await loadDataset(show.dataset('strokes'), show.dataDirectory(), {
  train: show.trainImages(6000),
  test: show.testImages(1000),
});
const study = await startStudy({
  dataset,
  network: 'lenet5',
  training: { epochs: 2 },
  calibrationImages: 500,
});
show.text(`${dataset.name}: ${dataset.train.count} training and ${dataset.test.count} test images`);
show.text(
  `LeNet-5 in float32: ${study.test.correct} of ${study.test.count} right, ` +
    `${((100 * study.test.correct) / study.test.count).toFixed(2)} %`,
);

// %% [markdown]
// ## What a format has to hold
//
// Before trying formats, look at what they must carry. A format of *n* bits has at most 2^n values; the question is
// where it puts them. An evenly spaced format (fixed, affine) has to reach the largest magnitude with equal steps, so
// it is at its best where the largest is only a few times the typical. A tapered one (posit, float) spends codes on
// range and has its finest steps near zero; that pays where the tails are long. The last column says which case this is.

// %% The spread of every layer's weights
show.table(
  study.program.steps.flatMap((step) => {
    if (step.kind !== 'mac') return [];
    const squares = step.weights.reduce((sum, w) => sum + w * w, 0);
    const typical = Math.sqrt(squares / step.weights.length);
    const largest = step.weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0);
    return [
      {
        layer: step.name,
        weights: step.weights.length,
        'products a sum': step.k,
        'typical |w|': typical,
        'largest |w|': largest,
        'largest / typical': largest / typical,
      },
    ];
  }),
);

// %% [markdown]
// A ratio of 3 to 5 is that of a plain bell curve: six bits of even steps would do. Networks with batch normalisation
// or depthwise layers reach ratios of 20 and more, and there the tapered formats earn their dearer decoders.
//
// ## Every format, twice
//
// There are two ways to put a tensor into a format:
//
// - **rounding** takes each value to the nearest one the format has. Nothing is stored beside the codes, but the
//   format's range has to suit the tensor by itself.
// - **linear** first divides by a scale, here the one with the least squared error on 500 calibration images of the
//   training set. It costs one multiplier at the end of each sum.
//
// Test images are never used to choose anything. Scales come from the calibration images; the fraction bits of the
// fixed-point formats come from the validation images, which no training has seen.

// %% The sweep
const rows = study.summary({
  format: [
    { posit: { bits: '5..8', es: '0..2' } },
    { float: { bits: '5..8', exponents: '2..4' } },
    { fixed: { bits: '5..8', fraction: 'best' } },
    { affine: { bits: '5..8' } },
    { pow2int: { bits: '5..8' } },
  ],
  quantizer: ['rounding', 'linear'],
  cost: 'library45',
});
show.plot(paretoPlot(rows), 'Accuracy against energy-delay product; up and to the left is better.');

// %% [markdown]
// The line joins the formats that no other estimate beats in both accuracy and cost. Estimates are not facts: a point is
// the fainter the less likely it is on the front when images and costs are drawn again. Look first at the column
// *against float32* in the table below: *better* and *worse* are shown, *no worse by 0.5* rules out a loss of half a
// point, and *not decided* means what it says: these test images show neither.

// %% The table, cheapest first
show.table(sweepTable(rows));

// %% [markdown]
// ## The choice
//
// A plain rule: of the formats that lose at most half a point on the *validation* images, take the one with the least
// energy-delay product. Then ask the test images, once, what was chosen.

// %% The cheapest format that loses at most half a point on the validation images
const float32 = rows.find((row) => row.dataflow === 'float')!;
const least = (float32.validationAccuracy ?? 1) - 0.005;
const fine = rows
  .filter((row) => row.dataflow === 'emac' && (row.validationAccuracy ?? 0) >= least)
  .filter((row) => row.edpPjNs !== undefined)
  .sort((a, b) => a.edpPjNs! - b.edpPjNs!);
const choice = fine[0];
if (choice) {
  const percent = (share = Number.NaN): string => (100 * share).toFixed(2);
  show.markdown(
    `**${choice.format}** under *${choice.quantizer}*: ${percent(choice.accuracy)} % ` +
      `(95 % interval ${percent(choice.accuracyLow)} to ${percent(choice.accuracyHigh)} %), ` +
      `float32 ${percent(float32.accuracy)} %; against it: ${choice.verdict}.`,
  );
  if (float32.edpPjNs !== undefined) {
    const ratio = float32.edpPjNs / choice.edpPjNs!;
    show.markdown(
      `Its energy-delay product is ${ratio.toPrecision(3)} times smaller than that of float32 units.`,
    );
  }
} else {
  show.markdown(
    'Every format loses more than half a point on the validation images: use more bits, or train for the format.',
  );
}

// %% [markdown]
// ## What the figures are worth
//
// The cost is a model: component areas, energies and delays of a 45 nm library composed into each format's unit, on
// one unit, without memory traffic. Its error band stands under the table. Ratios between formats are steadier than
// the figures themselves, since most errors are shared. The accuracy has no model in it: every row is the exact
// unit's, bit for bit.
