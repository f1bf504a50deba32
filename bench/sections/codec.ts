/** Encoding and decoding of many values, by format. */

import { NEAREST_EVEN } from '../../dist/formats/format.js';
import { getFormat } from '../../dist/formats/registry.js';
import { calibrate } from '../../dist/quantizers/calibrate.js';
import { decodeTensor, encodeTensor } from '../../dist/quantizers/encoder.js';
import type { Encoding } from '../../dist/quantizers/encoding.js';
import { Histogram } from '../../dist/quantizers/histogram.js';
import { parseQuantizer } from '../../dist/quantizers/quantizer.js';
import type { Bench, Section } from '../bench.js';
import { bulkDecoder, bulkEncoder } from '../contestants/encoder.js';
import { prototypeEncoder } from '../contestants/prototype.js';
import { type Case, CHOSEN, QUICK_CHOSEN, WIDE } from '../formats.js';
import { realProduct, SHAPES } from '../layers.js';
import { race } from '../race.js';
import { type BenchRow, spreadColumns } from '../rows.js';
import { speedRatio, spreadOf } from '../statistics.js';

/** More than the caches of one core hold, in float64. */
const VALUES = 1 << 18;

const EFFORT = {
  quick: { rounds: 5, slice: 3, patience: 200 },
  full: { rounds: 11, slice: 8, patience: 1500 },
} as const;

async function measure(bench: Bench): Promise<readonly BenchRow[]> {
  // the values a layer gives in float32, before its activation is rounded
  const shape = SHAPES.find(({ k }) => k === 784)!;
  const { activations } = realProduct(shape, await bench.models.get(shape.model));
  const values = activations.slice(0, VALUES);
  const histogram = Histogram.of('activations', values);
  const cases = bench.effort === 'quick' ? [...QUICK_CHOSEN, WIDE[0]!] : [...CHOSEN, ...WIDE];
  const rows: BenchRow[] = [];
  for (const [index, one] of cases.entries()) {
    bench.progress.say(`codecs, ${one.format}`, index / cases.length);
    const quantizer = parseQuantizer(one.quantizer);
    const encoding = calibrate(histogram, getFormat(one.format), 'activations', quantizer, NEAREST_EVEN);
    rows.push(...(await measureCase(bench, one, encoding, values)));
  }
  return rows;
}

async function measureCase(
  { prototype, effort }: Bench,
  { format, quantizer }: Case,
  encoding: Encoding,
  values: Float32Array,
): Promise<BenchRow[]> {
  const codes = encodeTensor(values, encoding, { name: 'values' });
  const contestants = [
    { name: 'encode on the heap', run: bulkEncoder(encoding, values).run },
    { name: 'encode an array', run: () => void encodeTensor(values, encoding, { name: 'values' }) },
    ...(encoding.format.bits <= 16
      ? [{ name: 'decode on the heap', run: bulkDecoder(encoding, values).run }]
      : []),
    { name: 'decode an array', run: () => void decodeTensor(codes, encoding) },
    ...(prototype ? [prototypeEncoder(prototype, values, 256)] : []),
  ];
  const times = await race(contestants, EFFORT[effort]);
  const prototypes = times.get('prototype round8');
  return contestants.map(({ name }) => {
    const own = times.get(name)!;
    return {
      format,
      quantizer,
      what: name,
      ...spreadColumns('melements', spreadOf(own.map((time) => values.length / time / 1e3))),
      ...spreadColumns('per_round8', prototypes && speedRatio(own, prototypes)),
    };
  });
}

export const codecSection: Section = {
  name: 'codec',
  title: 'Encode and decode (million elements a second; times as fast as the prototype’s round8)',
  shown: [
    'format',
    'quantizer',
    'what',
    'melements_median',
    'melements_min',
    'melements_max',
    'per_round8_median',
  ],
  run: measure,
};
