/** The entry `cheetah-numerics/conformance`: the conformance suite, on Node. */
import './platform/kernel-files.js';

export { assertConforms, type Conformance, checkFormat } from './formats/conformance/suite.js';
