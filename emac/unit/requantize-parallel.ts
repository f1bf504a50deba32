/**
 * The multiplication by s in a W × `scaleBits` multiplier of two pipeline stages: the products of the sum with both
 * halves of the significand, then their sum. Units that share it take turns of two clock edges each; this is the one
 * whose turn comes last, which holds its sum till then.
 */
import { unsignedBits } from './datapath.js';
import type { Multiplier } from './multiplier.js';
import type { Register, RegisterFile } from './registers.js';
import { type RequantizeStage, type SumRegister, specialIn, specialRegister } from './requantize-stage.js';
import { busyCycles, type Requantizer } from './requantizer.js';

/** The multiplier's stages, seen from the unit that it serves last. */
export function parallelMultiplier(
  sum: SumRegister,
  s: Multiplier,
  requantizer: Requantizer & { kind: 'parallel' },
): RequantizeStage {
  const { scaleBits, lanes } = requantizer;
  const lowBits = scaleBits >> 1;
  const highBits = scaleBits - lowBits;
  const edges = busyCycles(requantizer);
  // the two edges of its own turn are not waited for
  const wait = edges - 2;
  const signed = (name: string, bits: number) =>
    ({ name, stage: 'requantize', bits, signed: "two's complement" }) as const;
  const unsigned = (name: string, bits: number) =>
    ({ name, stage: 'requantize', bits, signed: 'unsigned' }) as const;
  const held: Register[] =
    lanes === 1
      ? []
      : [
          signed('hold', sum.bits),
          ...specialRegister('heldSpecial', sum),
          unsigned('wait', unsignedBits(wait)),
        ];
  const [from, fromSpecial] = lanes === 1 ? (['sum', 'sticky'] as const) : (['hold', 'heldSpecial'] as const);
  const starts = (file: RegisterFile) => (lanes === 1 ? file.get('done') === 1n : file.get('wait') === 1n);
  return {
    registers: [
      ...held,
      signed('highProduct', sum.bits + highBits),
      signed('lowProduct', sum.bits + lowBits),
      ...specialRegister('halvesSpecial', sum),
      unsigned('halved', 1),
      signed('scaled', sum.bits + scaleBits),
      ...specialRegister('scaledSpecial', sum),
      unsigned('multiplied', 1),
    ],
    edges,
    interval: edges,
    magnitudeBits: sum.bits + scaleBits,
    scaledSum: (file) =>
      file.get('multiplied') === 0n
        ? undefined
        : {
            special: specialIn(file, 'scaledSpecial'),
            units: file.get('scaled'),
            exponent: sum.exponent + s.exponent,
          },
    clock: (file) => {
      file.set('multiplied', file.get('halved'));
      if (file.get('halved') === 1n) {
        file.set('scaled', (file.get('highProduct') << BigInt(lowBits)) + file.get('lowProduct'));
        copySpecial(file, 'halvesSpecial', 'scaledSpecial');
      }
      file.set('halved', starts(file) ? 1n : 0n);
      if (starts(file)) {
        file.set('highProduct', file.get(from) * (s.significand >> BigInt(lowBits)));
        file.set('lowProduct', file.get(from) * BigInt.asUintN(lowBits, s.significand));
        copySpecial(file, fromSpecial, 'halvesSpecial');
      }
      if (lanes !== 1) hold(file, wait);
    },
  };
}

function hold(file: RegisterFile, wait: number): void {
  const left = file.get('wait');
  if (left !== 0n) file.set('wait', left - 1n);
  if (file.get('done') === 0n) return;
  file.set('hold', file.get('sum'));
  copySpecial(file, 'sticky', 'heldSpecial');
  file.set('wait', BigInt(wait));
}

function copySpecial(file: RegisterFile, from: string, to: string): void {
  if (file.has(from)) file.set(to, file.get(from));
}
