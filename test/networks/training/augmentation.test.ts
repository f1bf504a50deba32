import { describe, expect, it } from 'vitest';
import { randomWord } from '../../../arithmetic/philox.js';
import { UserError } from '../../../errors.js';
import { type Augmentation, augmentation } from '../../../networks/training/augmentation.js';

const [H, W, C] = [5, 7, 2];
const BLACK = [-1, -2];
const NONE: Augmentation = { shift: 0, crop: 0, flip: 'never', cutout: 0, seed: 3 };
const image = () => Float32Array.from({ length: H * W * C }, (_, i) => i + 1);
const draw = (epoch: number, index: number, which: number, bound: number) =>
  Math.floor((randomWord(3, 'augmentation', epoch, index, which) / 2 ** 32) * bound);

/** A pixel of the image continued to all sides: by its mirror images, or by black. */
function pixel(y: number, x: number, c: number, edge: 'mirror' | 'black'): number {
  const line = (place: number, extent: number) =>
    [...Array(extent).keys(), ...[...Array(extent).keys()].reverse()].at(
      ((place % (2 * extent)) + 2 * extent) % (2 * extent),
    )!;
  const inside = y >= 0 && y < H && x >= 0 && x < W;
  if (edge === 'black' && !inside) return BLACK[c]!;
  return (line(y, H) * W + line(x, W)) * C + c + 1;
}

function augmented(options: Partial<Augmentation>, epoch: number, index: number): Float32Array {
  const pixels = image();
  augmentation({ ...NONE, ...options }, [H, W, C], BLACK)!(pixels, epoch, index);
  return pixels;
}

describe('augmentation', () => {
  it.each([
    ['shift', 2, 'black', 'never'],
    ['shift', 5, 'black', 'never'],
    ['crop', 3, 'mirror', 'never'],
    ['crop', 2, 'mirror', 'horizontal'],
    ['shift', 1, 'black', 'horizontal'],
  ] as const)('%s by up to %i pixels, %s coming in, mirrored %s', (way, by, edge, flip) => {
    const seen = new Set<string>();
    for (let index = 0; index < 300; index++) {
      const epoch = index % 3;
      const [dy, dx] = [draw(epoch, index, 0, 2 * by + 1) - by, draw(epoch, index, 1, 2 * by + 1) - by];
      const turned = flip === 'horizontal' && draw(epoch, index, 2, 2) === 1;
      seen.add(`${dy} ${dx} ${turned}`);
      const expected = new Float32Array(H * W * C);
      for (let y = 0; y < H; y++) {
        for (let x = 0; x < W; x++) {
          const from = turned ? W - 1 - x : x;
          for (let c = 0; c < C; c++) expected[(y * W + x) * C + c] = pixel(y + dy, from + dx, c, edge);
        }
      }
      expect(augmented({ [way]: by, flip }, epoch, index)).toEqual(expected);
    }
    const ways = (2 * by + 1) ** 2 * (flip === 'never' ? 1 : 2);
    expect(seen.size, 'nearly all moves occur').toBeGreaterThan(0.9 * Math.min(ways, 100));
  });

  it('cutout sets a square, as much of it as lies in the image, to the mean', () => {
    for (let index = 0; index < 100; index++) {
      const [y, x] = [draw(1, index, 3, H), draw(1, index, 4, W)];
      const pixels = augmented({ cutout: 3 }, 1, index);
      image().forEach((value, i) => {
        const [row, column] = [Math.floor(i / (W * C)), Math.floor(i / C) % W];
        const isCut = Math.abs(row - y) <= 1 && Math.abs(column - x) <= 1;
        expect(pixels[i]).toBe(isCut ? 0 : value);
      });
    }
  });

  it('is none where nothing is asked for, and refuses what it cannot do', () => {
    expect(augmentation(NONE, [4], [])).toBeUndefined();
    const make = (options: Partial<Augmentation>, shape: number[]) => () =>
      augmentation({ ...NONE, ...options }, shape, BLACK);
    expect(make({ flip: 'horizontal' }, [30])).toThrow(UserError);
    expect(make({ shift: 6 }, [H, W, C])).toThrow(/need images of at least 6 × 6 pixels, got .*\[5, 7, 2\]/);
    expect(make({ shift: 1, crop: 1 }, [H, W, C])).toThrow(/shift 1 and crop 1 both move images; give one/);
  });
});
