import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import binaryen from 'binaryen';
import { describe, expect, it } from 'vitest';

/** The module's text has every opcode by its name, one instruction a line. */
const text = ((): string => {
  const file = fileURLToPath(new URL('../../dist/kernels/kernels.wasm', import.meta.url));
  const module = binaryen.readBinary(new Uint8Array(readFileSync(file)));
  module.setFeatures(binaryen.Features.All);
  return module.emitText();
})();

/** Text of every function by its name, and the name behind every export. */
const functions = new Map(
  text
    .split(/\n(?= \(func )/)
    .slice(1)
    .map((part) => {
      const end = part.search(/\n(?= \()/);
      return [/^ \(func (\S+)/.exec(part)![1]!, end < 0 ? part : part.slice(0, end)] as const;
    }),
);
const exported = new Map(
  [...text.matchAll(/\(export "(\w+)" \(func (\S+?)\)\)/g)].map(([, name, inner]) => [name!, inner!]),
);

/** All functions that a call of `name` may reach. */
function reachedFrom(name: string): string[] {
  const reached = new Set<string>();
  const waiting = [exported.get(name)!];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (reached.has(at)) continue;
    reached.add(at);
    const body = functions.get(at);
    if (body === undefined) throw new Error(`no text of ${at}`);
    if (/call_indirect|call_ref/.test(body)) throw new Error(`${at} calls what is not known here`);
    for (const [, callee] of body.matchAll(/\((?:return_)?call (\S+?)[\s)]/g)) waiting.push(callee!);
  }
  return [...reached];
}

/** Float types and opcodes that a call of `name` may reach. */
function floatsOf(name: string): string[] {
  return reachedFrom(name).flatMap((at) => functions.get(at)!.match(/[\w.]*f(32|64)[\w.]*/gi) ?? []);
}

/** What integer networks run on: networks/integer/kernel-mac.ts and window-sums.ts. */
const INTEGER = [
  'centreCodes',
  'copyLines',
  'im2colInt16',
  'panelsInt16',
  'gemmInt16',
  'depthwiseCentred',
  'requantizeTwice',
  'requantizeTwiceRight',
  'requantizeOnce',
];

describe('kernels of integer networks hold no float', () => {
  it.each(INTEGER)('%s', (name) => {
    const body = reachedFrom(name)
      .map((at) => functions.get(at)!)
      .join('\n');
    // the check sees opcodes at all
    expect(body).toMatch(/\bi32\.add\b/);
    expect(floatsOf(name)).toEqual([]);
  });

  it('and the check finds them where they are', () => {
    expect(floatsOf('requantizeFloat32')).toEqual(
      expect.arrayContaining(['f32.mul', 'f32.nearest', 'i64.trunc_sat_f32_s']),
    );
    expect(floatsOf('gemmFloat64')).toEqual(expect.arrayContaining(['f64x2.mul']));
  });

  it('is of all kernels that the integer dataflow calls but the float32 requantization', () => {
    const called = ['kernel-mac.ts', 'window-sums.ts'].flatMap((name) => {
      const file = fileURLToPath(new URL(`../../networks/integer/${name}`, import.meta.url));
      return [...readFileSync(file, 'utf8').matchAll(/\bcall\.(\w+)/g)].map(([, kernel]) => kernel!);
    });
    expect([...new Set(called)].sort()).toEqual([...INTEGER, 'requantizeFloat32'].sort());
  });
});
