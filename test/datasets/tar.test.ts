import { describe, expect, it } from 'vitest';
import { tarMembers } from '../../datasets/tar.js';
import { tar } from './made.js';

const archive = tar(
  new Map([
    ['set/a.bin', Uint8Array.of(1, 2, 3)],
    ['set/other', new Uint8Array(600).fill(7)],
    ['set/empty', new Uint8Array(0)],
    ['../b.bin', new Uint8Array(512).fill(9)],
  ]),
);

describe('tar archives', () => {
  it('give the wanted members by their names without folders', () => {
    const members = tarMembers(archive, new Set(['a.bin', 'b.bin', 'empty', 'gone']), 'x.tar');
    expect([...members.keys()]).toEqual(['a.bin', 'empty', 'b.bin']);
    expect([...members.get('a.bin')!]).toEqual([1, 2, 3]);
    expect(members.get('b.bin')!.length).toBe(512);
    expect(members.get('empty')!.length).toBe(0);
  });

  it('are refused when cut inside a member, or damaged', () => {
    expect(() => tarMembers(archive.subarray(0, 1800), new Set(['other']), 'x.tar')).toThrow(
      'x.tar: truncated: a member of 600 bytes runs past the end',
    );
    expect(() => tarMembers(archive.with(0, 120), new Set(['a.bin']), 'x.tar')).toThrow(
      /no tar header at byte 0/,
    );
    expect(() => tarMembers(archive.with(124, 120), new Set(['a.bin']), 'x.tar')).toThrow(/no tar header/);
  });
});
