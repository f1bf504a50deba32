/** Encodings of a network of ours in an integer scheme, by the largest values on the images. */
import { NEAREST_EVEN } from '../../../formats/format.js';
import { collectHistograms, makeEncodings } from '../../../networks/calibration.js';
import { compileFloat } from '../../../networks/dataflows/float.js';
import type { IntegerScheme } from '../../../networks/integer/from-program.js';
import type { EncodingTable, Program } from '../../../networks/program.js';
import { parseAssignment } from '../../../quantizers/assignment.js';
import { parseQuantizer } from '../../../quantizers/quantizer.js';

export function encodedIn(scheme: IntegerScheme, program: Program, images: Float32Array): EncodingTable {
  const count = images.length / program.edges[program.input]!.size;
  const calibration = collectHistograms(compileFloat(program, { batch: count }), [{ images, count }]);
  const isTflite = scheme === 'tflite';
  const weights = isTflite ? 'affine8s' : 'affine8';
  return makeEncodings(program, calibration, {
    assignment: parseAssignment({ weights, activations: 'affine8', layers: {} }),
    quantizer: parseQuantizer('linear:max'),
    rounding: NEAREST_EVEN,
    granularity: isTflite ? 'channel' : 'tensor',
  });
}
