import { describe, expect, it } from 'vitest';
import { writeP } from '../../../sweep/statistics/write-p.js';

describe('writeP', () => {
  it.each([
    [1, '1'],
    [0.05, '0.05'],
    [0.012345, '0.0123'],
    [1.2e-7, '1.2e-7'],
    [1e-300, '1e-300'],
    [9.99e-301, '< 1e-300'],
    [5e-324, '< 1e-300'],
    [0, '< 1e-300'],
  ])('%f is %s', (p, text) => {
    expect(writeP(p)).toBe(text);
  });
});
