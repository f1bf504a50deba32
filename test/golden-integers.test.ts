/** Golden vectors of the integer dataflows, recomputed by the independent program; all networks in all ways: golden-integers.long.test.ts. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkIntegers } from './golden-integer-program.js';
import { expectRecomputed, makeModels, type Scheme, vectors } from './golden-integer-vectors.js';

let folder = '';

beforeAll(async () => {
  folder = await makeModels();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('golden vectors of integers', () => {
  it.each([
    ['uneven', 'tflite', 'single'],
    ['uneven', 'tflite', 'exact'],
    ['uneven', 'jacob', 'float32'],
    ['uneven', 'yao5', undefined],
  ] as const)('of %s in the scheme %s, requantized %s, are recomputed', async (model, scheme, mode) => {
    await expectRecomputed(folder, model, scheme, mode);
  });
});

/** The numbers of a step that are changed. */
interface Loose {
  readonly name: string;
  readonly bias: number[];
  readonly gain: number[];
  readonly clamp: { least: number; most: number };
  readonly window: { padTop: number };
  readonly exponents: { weights: number };
  readonly shifts: { right: number };
  readonly shares: { code: number }[];
  readonly requantize: { multipliers: number[]; shifts: number[]; sum: { shift: number } };
  weightZeroPoint: number;
}

describe('a change is found', () => {
  const made = new Map<Scheme, Promise<string>>();
  const unaltered = (scheme: Scheme): Promise<string> => {
    const place = made.get(scheme) ?? vectors(folder, 'uneven', scheme);
    made.set(scheme, place);
    return place;
  };
  const altered = async (scheme: Scheme, change: (place: string) => void): Promise<readonly string[]> => {
    const place = join(folder, `altered-${scheme}`);
    rmSync(place, { recursive: true, force: true });
    cpSync(await unaltered(scheme), place, { recursive: true });
    change(place);
    return checkIntegers(place, join(folder, 'uneven')).mismatches;
  };
  /** Flips the last bit of the first value of a tensor that is not 0. */
  const flip = (name: string) => (place: string) => {
    const file = join(place, 'vectors.safetensors');
    const bytes = readFileSync(file);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    const [start, end] = header[name].data_offsets as [number, number];
    let at = 8 + length + start;
    while (bytes.readInt32LE(at) === 0 && at < 8 + length + end) at += 4;
    bytes[at]! ^= 1;
    writeFileSync(file, bytes);
  };
  /** Changes the step of a name in the plan. */
  const edit = (name: string, change: (step: Loose) => void) => (place: string) => {
    const file = join(place, 'plan.json');
    const plan = JSON.parse(readFileSync(file, 'utf8'));
    change(plan.steps.find((step: Loose) => step.name === name));
    writeFileSync(file, JSON.stringify(plan));
  };

  it.each(['tflite', 'jacob', 'yao8'] as const)('in the codes and weights of %s', async (scheme) => {
    expect(await altered(scheme, () => {})).toEqual([]);
    for (const name of ['edge/input', 'edge/conv6', 'edge/sum6', 'edge/mean', 'edge/out']) {
      expect((await altered(scheme, flip(name))).length, name).toBeGreaterThan(0);
    }
    for (const name of ['weights/conv', 'weights/deep', 'weights/out']) {
      expect((await altered(scheme, flip(name))).length, name).toBeGreaterThan(0);
    }
  });

  it.each(['tflite', 'jacob'] as const)('in the multipliers, biases and clamps of %s', async (scheme) => {
    const changes: readonly ((step: Loose) => void)[] = [
      (step) => step.requantize.multipliers[0]!++,
      (step) => step.requantize.shifts[0]!--,
      (step) => {
        step.bias[0]! += 2000;
      },
      (step) => step.clamp.most--,
      (step) => step.window.padTop++,
      (step) => step.weightZeroPoint++,
    ];
    for (const [i, change] of changes.entries()) {
      expect((await altered(scheme, edit('conv', change))).length, String(i)).toBeGreaterThan(0);
    }
    const shifted = await altered(
      scheme,
      edit('sum', (step: Loose) => step.requantize.sum.shift++),
    );
    expect(shifted.length).toBeGreaterThan(0);
  });

  it('in the exponents, factors and shifts of Yao et al.', async () => {
    const changes: readonly ((step: Loose) => void)[] = [
      (step) => step.exponents.weights++,
      (step) => {
        step.gain[0]! += 16;
      },
      (step) => {
        step.bias[0]! += 40;
      },
      (step) => step.shifts.right++,
      (step) => step.clamp.least--,
    ];
    for (const [i, change] of changes.entries()) {
      expect((await altered('yao8', edit('deep', change))).length, String(i)).toBeGreaterThan(0);
    }
    const shares = await altered(
      'yao8',
      edit('mean', (step: Loose) => step.shares[2]!.code++),
    );
    expect(shares).toHaveLength(1);
  });
});
