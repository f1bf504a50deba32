/** Packages that only some need: they are installed by those who want what they do. */
import { UserError } from '../errors.js';

/** The versions that the committed figures were drawn with; what a message tells to install. */
const VERSIONS = {
  vega: '6.2.0',
  'vega-lite': '6.4.3',
  'canvaskit-wasm': '0.42.0',
  fontkit: '2.0.4',
  pdfkit: '0.20.2',
  '@expo-google-fonts/arimo': '0.4.3',
} as const;

type OptionalPackage = keyof typeof VERSIONS;

/**
 * What `load` gives. Throws UserError, one line that begins with `whose` ("figures are drawn by Vega") and says what to
 * install, where one of the packages is not there.
 */
export async function fromOptional<T>(
  whose: string,
  packages: readonly OptionalPackage[],
  load: () => T | Promise<T>,
): Promise<T> {
  try {
    return await load();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    const wanted = packages.map((name) => `${name}@${VERSIONS[name]}`).join(' ');
    throw new UserError(`${whose}, which is not installed; install it with \`npm install ${wanted}\``);
  }
}
