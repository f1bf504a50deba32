/** The widths of the zoo that the fast test leaves out. */
import { compareZoo } from './compared.js';

compareZoo([4, 11, 16]);
