/** What a page would do with the library: values to codes, a dot product, a network in every dataflow. */
import type * as core from '../core.js';

/** Of the library, what the program uses: both entries have it. */
export type Library = Pick<
  typeof core,
  | 'bulkEncode'
  | 'collectHistograms'
  | 'compileFloat'
  | 'dataflowNames'
  | 'DEFAULT_CHOICES'
  | 'EmacUnit'
  | 'encodeTensor'
  | 'getDataflow'
  | 'getFormat'
  | 'createKernels'
  | 'lower'
  | 'makeEncodings'
  | 'NEAREST_EVEN'
  | 'parseQuantizer'
  | 'runDot'
  | 'Stream'
  | 'uniformAssignment'
>;

const FORMATS = ['posit8es1', 'float8e4m3', 'fixed8q5', 'affine8', 'posit16es1', 'pow2val5'] as const;
const BATCH = 3;

function normals(library: Library, count: number, index: number): Float32Array {
  const stream = new library.Stream(7, 'dataset', index);
  return Float32Array.from({ length: count }, () => (stream.below(2 ** 20) - 2 ** 19) / 2 ** 18);
}

/** Codes of 20,000 values, which the kernels encode, and of three, which they do not. */
function encoded(library: Library, name: string) {
  const format = library.getFormat(name);
  const values = normals(library, 20_000, 1);
  values.set([0, -0, 1e-30]);
  const codes = new Uint32Array(values.length);
  library.bulkEncode(
    values,
    format,
    library.NEAREST_EVEN,
    { scale: 0.75, zeroPoint: 0, range: 'full' },
    codes,
  );
  let hash = 0;
  for (const code of codes) hash = (Math.imul(hash, 31) + code) >>> 0;
  return { hash, first: [...codes.subarray(0, 20)] };
}

/** The cycle-true unit's code of Σ w·x over 5 codes. */
function dotted(library: Library, name: string) {
  const format = library.getFormat(name);
  const spec = {
    weights: format,
    activations: format,
    output: format,
    rounding: library.NEAREST_EVEN,
    maxK: 5,
  };
  const codes = [1.5, -0.25, 2, 0.875, -1].map((value) => format.encode(value));
  return library.runDot(new library.EmacUnit(spec), codes, [...codes].reverse()).code;
}

const conv = { type: 'conv2d', dilation: [1, 1], groups: 1, bias: 'bias', padding: 'same' } as const;
/** A convolution, a pool and a dense layer, with the shapes of their parameters. */
const NETWORK: core.Network = {
  name: 'small',
  input: [4, 4, 1],
  classes: 5,
  nodes: [
    { name: 'c', operator: { ...conv, filters: 3, kernel: [3, 3], stride: [1, 1] }, inputs: ['input'] },
    { name: 'r', operator: { type: 'activation', activation: 'relu' }, inputs: ['c'] },
    {
      name: 'p',
      operator: { type: 'pool', pooling: 'average', kernel: [2, 2], stride: [2, 2], padding: 'valid' },
      inputs: ['r'],
    },
    { name: 'f', operator: { type: 'flatten' }, inputs: ['p'] },
    { name: 'd', operator: { type: 'dense', units: 5, bias: 'bias' }, inputs: ['f'] },
  ],
};
const PARAMETERS = [
  ['c.weight', [3, 9]],
  ['c.bias', [3]],
  ['d.weight', [5, 12]],
  ['d.bias', [5]],
] as const;

function parameters(library: Library): core.Parameters {
  return new Map(
    PARAMETERS.map(([name, shape], index) => {
      const size = (shape as readonly number[]).reduce((product, extent) => product * extent, 1);
      return [name, { shape, data: normals(library, size, 10 + index) }] as const;
    }),
  );
}

/** Every value of every edge, on three images, in every dataflow. */
function planned(library: Library, format: string) {
  const program = library.lower(NETWORK, parameters(library));
  const images = normals(library, BATCH * 16, 2);
  const float = library.compileFloat(program, { batch: BATCH });
  const calibration = library.collectHistograms(float, [{ images, count: BATCH }]);
  const table = library.makeEncodings(program, calibration, {
    assignment: library.uniformAssignment(library.getFormat(format)),
    quantizer: library.parseQuantizer('linear:max'),
    rounding: library.NEAREST_EVEN,
    granularity: 'tensor',
  });
  // integers alone take affine formats alone
  const suits = (name: string): boolean =>
    !name.startsWith('integer-') || `${name} ${format}` === 'integer-jacob affine8';
  return library
    .dataflowNames()
    .filter(suits)
    .map((name) => {
      const room = { batch: BATCH, kernels: library.createKernels() };
      const plan = library.getDataflow(name).compile(program, table, library.DEFAULT_CHOICES, room);
      const { predictions } = plan.run(images, BATCH);
      const values = program.edges.map((_, edge) => [...plan.edgeValues(edge, BATCH)]);
      return { name, predictions: [...predictions], values };
    });
}

/** Everything above, as JSON. */
export function runProgram(library: Library): string {
  return JSON.stringify({
    encoded: FORMATS.map((name) => encoded(library, name)),
    dotted: FORMATS.map((name) => dotted(library, name)),
    planned: ['posit8es1', 'affine8'].map((name) => planned(library, name)),
  });
}
