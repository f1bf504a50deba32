/**
 * The multiplication by s as a loop over the digits of the sum, r bits a clock edge, while the next dot product is
 * accumulated. A finished sum goes to the hold register. Each edge takes the lowest digit out of it, makes it one of
 * |sum| (the carry of the negation is a bit), adds digit · significand to `upper`, and shifts the lowest r bits of
 * that into the top of the hold register, which so becomes the product register. After ⌈W/r⌉ edges `upper` and
 * `hold` together are |sum| · significand, exactly.
 */
import { unsignedBits } from './datapath.js';
import type { Multiplier } from './multiplier.js';
import type { RegisterFile } from './registers.js';
import { type RequantizeStage, type SumRegister, specialIn, specialRegister } from './requantize-stage.js';
import { busyCycles, type Requantizer } from './requantizer.js';

/** The loop for an s of `scaleBits` significand bits. The unit sees to it that sums are ⌈W/r⌉ + 1 edges apart. */
export function digitLoop(
  sum: SumRegister,
  s: Multiplier,
  scaleBits: number,
  requantizer: Requantizer & { kind: 'loop' },
): RequantizeStage {
  const { digitBits, digits } = requantizer;
  const holdBits = digits * digitBits;
  const register = (name: string, bits: number) =>
    ({ name, stage: 'requantize', bits, signed: 'unsigned' }) as const;
  return {
    registers: [
      // the sum, extended by its sign to whole digits; at the end the low bits of the product
      register('hold', holdBits),
      ...specialRegister('heldSpecial', sum),
      register('negative', 1),
      register('carry', 1),
      // what is above the bits already shifted out stays below the significand of s
      register('upper', scaleBits),
      register('digits', unsignedBits(digits)),
      register('multiplied', 1),
    ],
    edges: busyCycles(requantizer),
    interval: busyCycles(requantizer),
    magnitudeBits: scaleBits + holdBits,
    scaledSum: (file) => {
      if (file.get('multiplied') === 0n) return undefined;
      const magnitude = (file.get('upper') << BigInt(holdBits)) | file.get('hold');
      return {
        special: specialIn(file, 'heldSpecial'),
        units: file.get('negative') === 1n ? -magnitude : magnitude,
        exponent: sum.exponent + s.exponent,
      };
    },
    clock: (file) => {
      const left = file.get('digits');
      file.set('multiplied', left === 1n ? 1n : 0n);
      if (file.get('done') === 1n) {
        if (left !== 0n) throw new RangeError(`a sum arrives ${left} digits before the loop is through`);
        take(file, holdBits, digits);
      } else if (left !== 0n) {
        step(file, s.significand, { digitBits, holdBits });
        file.set('digits', left - 1n);
      }
    },
  };
}

function take(file: RegisterFile, holdBits: number, digits: number): void {
  const sum = file.get('sum');
  file.set('hold', BigInt.asUintN(holdBits, sum));
  if (file.has('sticky')) file.set('heldSpecial', file.get('sticky'));
  file.set('negative', sum < 0n ? 1n : 0n);
  file.set('carry', 1n);
  file.set('upper', 0n);
  file.set('digits', BigInt(digits));
}

/** One digit: negation from the lowest digit on, multiply, add, shift. */
function step(
  file: RegisterFile,
  significand: bigint,
  { digitBits, holdBits }: { readonly digitBits: number; readonly holdBits: number },
): void {
  const hold = file.get('hold');
  const digit = BigInt.asUintN(digitBits, hold);
  const negated = BigInt.asUintN(digitBits, ~digit) + file.get('carry');
  file.set('carry', negated >> BigInt(digitBits));
  const magnitude = file.get('negative') === 1n ? BigInt.asUintN(digitBits, negated) : digit;
  const total = file.get('upper') + magnitude * significand;
  const low = BigInt.asUintN(digitBits, total);
  file.set('hold', (hold >> BigInt(digitBits)) | (low << BigInt(holdBits - digitBits)));
  file.set('upper', total >> BigInt(digitBits));
}
