/** The ratios asked for in the issues of the engine and of the zoo, and where in the results each is found. */
import { type BenchRow, NOT_MEASURED } from './rows.js';

export interface Target {
  readonly what: string;
  /** The section it is found in, the column, and the rows that count. */
  readonly section: string;
  readonly column: string;
  readonly rows: (row: BenchRow) => boolean;
  /** Every row must reach it from above or stay below it. */
  readonly bound: 'at least' | 'at most';
  readonly value: number;
  readonly unit: '' | '×' | ' GMAC/s' | ' s';
}

const WHOLE = '2048×256×784';

/** Width of a format by its name. */
function bitsOf(row: BenchRow): number {
  const digits = /\d+/.exec(String(row.format));
  return digits ? Number(digits[0]) : Number.NaN;
}

const narrow = (row: BenchRow): boolean => row.kind === 'exact' && bitsOf(row) <= 8;
const wide = (row: BenchRow): boolean => row.kind === 'exact' && bitsOf(row) > 8;
const lenet = (row: BenchRow): boolean =>
  row.network === 'lenet5' && row.quantizer !== 'n/a' && bitsOf(row) <= 8;
const encoded = (row: BenchRow): boolean => row.what === 'encode on the heap';

const products = { section: 'gemm', bound: 'at least' } as const;
const codecs = { section: 'codec', column: 'per_round8_median', bound: 'at least' } as const;

const epochTarget = (what: string, network: string, seconds: number): Target => ({
  what: `an epoch of ${what} on two threads`,
  section: 'training',
  column: 'seconds_per_epoch_median',
  bound: 'at most',
  value: seconds,
  unit: ' s',
  rows: (row) => row.network === network && row.threads === 2,
});

export const TARGETS: readonly Target[] = [
  {
    what: `every format ≤ 8 bits at ${WHOLE}, of our bare int16 product`,
    ...products,
    column: 'per_int16_median',
    value: 0.65,
    unit: '',
    rows: (row) => narrow(row) && row.shape === WHOLE,
  },
  {
    what: 'of these, tensors that one slice holds exactly',
    ...products,
    column: 'per_int16_median',
    value: 0.72,
    unit: '',
    rows: (row) => narrow(row) && row.shape === WHOLE && row.slices === 'one',
  },
  {
    what: `every format ≤ 8 bits at ${WHOLE}, of the fastest bare float32 product`,
    ...products,
    column: 'per_best_float32_median',
    value: 1.2,
    unit: '×',
    rows: (row) => narrow(row) && row.shape === WHOLE,
  },
  {
    what: 'every format ≤ 8 bits at K = 256, of our bare int16 product',
    ...products,
    column: 'per_int16_median',
    value: 0.5,
    unit: '',
    rows: (row) => narrow(row) && row.k === 256,
  },
  {
    what: 'round-and-certify, of our bulk encode of as many values',
    section: 'gemm',
    column: 'round_per_encode_median',
    bound: 'at most',
    value: 3,
    unit: '×',
    rows: (row) => narrow(row) && row.shape === WHOLE,
  },
  {
    what: 'round-and-certify, of the prototype’s round8 on as many values',
    section: 'gemm',
    column: 'round_per_round8_median',
    bound: 'at most',
    value: 3,
    unit: '×',
    rows: (row) => narrow(row) && row.shape === WHOLE,
  },
  {
    what: 'our bare int16 product, of the prototype’s',
    ...products,
    column: 'per_prototype_int16_median',
    value: 1,
    unit: '×',
    rows: (row) => row.format === 'bare int16' && row.shape === WHOLE,
  },
  {
    what: 'our bare float32 product, of the prototype’s',
    ...products,
    column: 'per_prototype_float32_median',
    value: 1,
    unit: '×',
    rows: (row) => row.format === 'bare float32' && row.shape === WHOLE,
  },
  {
    what: '16- and 32-bit formats at K ≥ 576, of our bare float64 product',
    ...products,
    column: 'per_float64_median',
    value: 0.6,
    unit: '',
    rows: (row) => wide(row) && Number(row.k) >= 576,
  },
  {
    what: 'encode of formats ≤ 8 bits, of the prototype’s round8',
    ...codecs,
    value: 1,
    unit: '×',
    rows: (row) => encoded(row) && bitsOf(row) <= 8,
  },
  {
    what: 'decode of formats ≤ 8 bits, of the prototype’s round8',
    ...codecs,
    value: 1,
    unit: '×',
    rows: (row) => row.what === 'decode on the heap' && bitsOf(row) <= 8,
  },
  {
    what: 'encode of 16-bit formats, of the prototype’s round8',
    ...codecs,
    value: 0.15,
    unit: '×',
    rows: (row) => encoded(row) && bitsOf(row) === 16,
  },
  {
    what: 'per-op accumulator, 8- and 16-bit formats',
    section: 'accumulators',
    column: 'gmacs_median',
    bound: 'at least',
    value: 0.3,
    unit: ' GMAC/s',
    rows: (row) => row.accumulator === 'per-op',
  },
  {
    what: 'every output an exact tie: 3 × Universal’s quire (0.017–0.031 by the literature)',
    section: 'ties',
    column: 'gmacs_median',
    bound: 'at least',
    value: 0.1,
    unit: ' GMAC/s',
    rows: () => true,
  },
  {
    what: 'LeNet-5 in formats ≤ 8 bits, images to classes, of our float32 inference',
    section: 'networks',
    column: 'per_float32_median',
    bound: 'at least',
    value: 1,
    unit: '×',
    rows: (row) => lenet(row) && row.threads === 1,
  },
  {
    what: 'LeNet-5 on two threads, of one',
    section: 'networks',
    column: 'per_one_thread_median',
    bound: 'at least',
    value: 1.8,
    unit: '×',
    rows: (row) => lenet(row) && row.threads === 2,
  },
  {
    what: 'every network of the zoo in formats ≤ 8 bits, of our float32 inference',
    section: 'zoo',
    column: 'per_float32_median',
    bound: 'at least',
    value: 1,
    unit: '×',
    rows: (row) => row.threads === 1 && row.quantizer !== NOT_MEASURED,
  },
  {
    what: 'every network of the zoo on two threads, of one that works for a second',
    section: 'zoo',
    column: 'per_one_thread_median',
    bound: 'at least',
    value: 1.8,
    unit: '×',
    rows: (row) => row.threads === 2,
  },
  epochTarget('LeNet-5 on MNIST', 'lenet5', 8),
  epochTarget('dcnn-large on CIFAR-10', 'dcnn-large', 150),
  epochTarget('ResNet-8 on CIFAR-10', 'resnet8', 150),
  {
    what: 'too large an input, refused',
    section: 'limits',
    column: 'seconds',
    bound: 'at most',
    value: 2,
    unit: ' s',
    rows: () => true,
  },
  {
    what: 'too large an input, refused: memory, MB',
    section: 'limits',
    column: 'megabytes',
    bound: 'at most',
    value: 300,
    unit: '',
    rows: () => true,
  },
  {
    what: 'the grid of 5 to 8 bits of LeNet-5, 10,000 test images, 2 threads',
    section: 'grid',
    column: 'seconds',
    bound: 'at most',
    value: 90,
    unit: ' s',
    rows: (row) => row.images === 10_000,
  },
  {
    what: 'processor time of help, version and completion, of an empty program',
    section: 'start',
    column: 'per_empty_median',
    bound: 'at most',
    value: 1.8,
    unit: '×',
    rows: (row) => row.kind === 'light',
  },
];
