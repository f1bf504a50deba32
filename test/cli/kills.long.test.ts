import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stream } from '../../arithmetic/philox.js';
import { cheetah, cheetahUntil } from './run-cheetah.js';

const KILLS = 25;
const SPEC = `name: killed
dataset: strokes
testImages: 60
network: mlp4
training: { epochs: 3, trainImages: 200 }
format: [posit5es1, posit6es1, posit7es1, posit8es1, affine6, { fixed: { bits: 5..8 } }]
quantizer: [rounding, linear]
calibrationImages: 30
`;

let folder = '';
let spec = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cheetah-kills-'));
  spec = join(folder, 'killed.yaml');
  writeFileSync(spec, SPEC);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Work {
  /** The command line that writes into a folder. */
  readonly begin: (out: string) => readonly string[];
  readonly goOn: (out: string) => readonly string[];
  /** What must be the same in the end, by name in the folder. */
  readonly results: readonly string[];
}

/** Digests, for megabytes are compared by the byte. */
function digestsOf({ results }: Work, out: string): string[] {
  return results.map((name) => {
    const bytes = readFileSync(join(out, name));
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
}

/** Kills it at moments drawn from all that is written or said in a whole run; goes on, sometimes killed once more. */
async function endsTheSame(work: Work, name: string, seed: number): Promise<void> {
  const whole = join(folder, `${name}-whole`);
  let moments = 0;
  const counting = { folder: whole, happened: () => ++moments < 0 };
  expect((await cheetahUntil(work.begin(whole), counting, 'SIGKILL')).code).toBe(0);
  const expected = digestsOf(work, whole);
  const stream = new Stream(seed, 'shuffle');
  for (let kills = 0, run = 0; kills < KILLS; run++) {
    const out = join(folder, `${name}-${run}`);
    for (let args = work.begin(out); ; args = work.goOn(out)) {
      const at = 1 + stream.below(moments);
      let seen = 0;
      const ran = await cheetahUntil(args, { folder: out, happened: () => ++seen >= at }, 'SIGKILL');
      const what = `${name}, run ${run}, killed at moment ${at} of ${moments}: ${ran.err}`;
      if (ran.code !== null) expect(ran.code, what).toBe(0);
      else if (++kills < KILLS && stream.below(3) === 0) continue;
      const ended = cheetah(work.goOn(out));
      expect(ended.code, `${what}, then ${ended.err}`).toBe(0);
      expect(digestsOf(work, out), what).toEqual(expected);
      const left = readdirSync(out, { recursive: true, encoding: 'utf8' });
      expect(
        left.filter((file) => /(\.tmp|\.lock)$/.test(file)),
        what,
      ).toEqual([]);
      break;
    }
    rmSync(out, { recursive: true });
  }
}

describe(`${KILLS} kills at random moments, each gone on with, end in the bytes of an unbroken run`, () => {
  it.each([1, 2])('of a sweep with %i workers', async (workers) => {
    const sweep = (out: string) => [
      'sweep',
      spec,
      '--threads',
      String(workers),
      '--out',
      join(out, 'rows.csv'),
      '--resume',
    ];
    await endsTheSame({ begin: sweep, goOn: sweep, results: ['rows.csv'] }, `sweep-${workers}`, workers);
  });

  it('of a training', async () => {
    const train = (out: string) => [
      'train',
      '--network',
      'mlp4',
      '--train-images',
      '600',
      '--test-images',
      '100',
      '--epochs',
      '6',
      '--optimizer',
      'adam',
      '--out',
      out,
    ];
    const results = ['model.json', 'weights.safetensors', 'checkpoint.safetensors'];
    await endsTheSame({ begin: train, goOn: (out) => [...train(out), '--resume'], results }, 'train', 3);
  });
});
