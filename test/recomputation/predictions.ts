/** Reads `<name>.predictions.json` as docs/file-formats.md describes it. */

export interface Run {
  readonly rows: readonly number[];
  readonly seed: number;
  readonly kind: 'baseline' | 'point';
  /** By image: 1 where right, 0 where wrong. */
  readonly right: Uint8Array;
}

export interface PredictedSweep {
  /** SHA-256 of the CSV, hex. */
  readonly csv: string;
  readonly images: number;
  readonly runs: readonly Run[];
}

const SIXTY_FOUR = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** RFC 4648, §4. */
export function base64(text: string): number[] {
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const character of text.replace(/=+$/, '')) {
    const six = SIXTY_FOUR.indexOf(character);
    if (six < 0) throw new Error(`'${character}' is not of base64`);
    held = (held << 6) | six;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return bytes;
}

/** The classes of all images, where `changes` says how they differ from `base`; −1 is none. */
export function classesOf(changes: string, base: readonly number[]): number[] {
  const classes = [...base];
  const bytes = base64(changes);
  let image = -1;
  for (let at = 0; at < bytes.length; ) {
    let gap = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++]!;
      gap |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    image += gap + 1;
    const written = bytes[at++];
    if (written === undefined || image >= classes.length) throw new Error('changes of other images');
    classes[image] = written === 0xff ? -1 : written;
  }
  return classes;
}

interface Written {
  readonly format: string;
  readonly csv: string;
  readonly images: number;
  readonly labels: string;
  readonly runs: readonly (Omit<Run, 'right'> & { readonly changes: string })[];
}

export function parsePredictions(text: string): PredictedSweep {
  const { format, csv, images, labels, runs } = JSON.parse(text) as Written;
  if (format !== 'cheetah-predictions-1') throw new Error(`predictions of the format ${format}`);
  const zeros = new Array<number>(images).fill(0);
  const truth = classesOf(labels, zeros);
  const baselines = new Map<number, number[]>();
  const read = runs.map(({ rows, seed, kind, changes }) => {
    const classes = classesOf(changes, kind === 'baseline' ? zeros : baselines.get(seed)!);
    if (kind === 'baseline') baselines.set(seed, classes);
    return { rows, seed, kind, right: Uint8Array.from(classes, (one, i) => Number(one === truth[i])) };
  });
  return { csv, images, runs: read };
}
