/**
 * The measured units behind library45, ice40 and xc7: exact three-stage EMACs for K = 1024 that clear the accumulator.
 * Nangate 45: µm², abc ps, fJ a MAC (dynamic with glitches; clock pins) at dot products of 128; LUT4 of iCE40, LUT of
 * 7-series without DSP blocks.
 */
import type { Figure, Measurement } from '../../../emac/cost/measurement.js';
import { getFormat } from '../../../formats/registry.js';

type Prototype = readonly [
  name: string,
  area: number,
  ps: number,
  dynamic: number,
  clock: number,
  ice: number,
  xc: number,
];

export const PROTOTYPES: readonly Prototype[] = [
  ['fixed5q2', 637.868, 496.25, 603.9, 472.2, 116, 81],
  ['fixed6q3', 783.37, 515.27, 993.7, 534.5, 160, 120],
  ['fixed7q3', 948.024, 601.08, 1336.8, 596.9, 197, 150],
  ['fixed8q4', 1100.442, 629.99, 1750, 659.3, 242, 203],
  ['float5e2m2', 798.266, 657.53, 763.3, 472.2, 172, 118],
  ['float5e3m1', 946.96, 918.9, 1114.4, 516.7, 225, 134],
  ['float6e2m3', 984.732, 748.88, 1091.9, 534.5, 205, 138],
  ['float6e3m2', 1067.99, 895.24, 1324.2, 579.1, 248, 160],
  ['float6e4m1', 1373.624, 1478.79, 1745.8, 694.9, 341, 217],
  ['float7e2m4', 1119.594, 796.01, 1292.3, 596.9, 241, 153],
  ['float7e3m3', 1210.832, 1070.54, 1625.3, 641.4, 284, 176],
  ['float7e4m2', 1535.618, 1484.04, 2108.3, 757.3, 378, 240],
  ['float7e5m1', 2362.612, 1719.55, 2867.7, 1015.6, 561, 380],
  ['float8e2m5', 1240.624, 922.59, 1652.3, 659.3, 289, 186],
  ['float8e3m4', 1386.658, 1108.15, 1885.7, 703.8, 322, 208],
  ['float8e4m3', 1711.976, 1501.54, 2551.4, 819.6, 414, 297],
  ['float8e5m2', 2429.644, 1846.97, 3190.3, 1078, 596, 393],
  ['posit5es0', 1060.01, 888.69, 1251.9, 534.5, 247, 166],
  ['posit5es1', 1372.028, 1304.75, 1531.5, 632.5, 320, 235],
  ['posit5es2', 1956.43, 2032.54, 1907.4, 828.5, 507, 303],
  ['posit6es0', 1412.992, 1072.87, 1930.6, 623.6, 357, 243],
  ['posit6es1', 1726.074, 1608.92, 2101, 757.3, 441, 332],
  ['posit6es2', 2655.212, 1779.3, 2710, 1033.4, 654, 454],
  ['posit7es0', 1686.972, 1192.17, 2637.6, 703.8, 437, 286],
  ['posit7es1', 2093.154, 1874.18, 3173.7, 873.1, 561, 361],
  ['posit7es2', 3220.196, 2591.3, 3663.9, 1220.5, 801, 514],
  ['posit8es0', 2008.566, 1239.53, 3796.4, 784, 513, 389],
  ['posit8es1', 2479.12, 2140.34, 3650.4, 988.9, 666, 440],
  ['posit8es2', 3892.91, 2535.35, 4811.8, 1407.6, 964, 619],
];

/** As the fit takes them, with the look-up tables of one of the two. */
export function prototypeMeasurements(luts: 'ice40' | 'xc7'): Measurement[] {
  return PROTOTYPES.map(([name, area, ps, dynamic, clock, ice, xc]) => {
    const figures: Record<Figure, number> = {
      area_um2: area,
      delay_ps: ps,
      energy_fj_per_mac: dynamic + clock,
      luts: luts === 'ice40' ? ice : xc,
    };
    return { name, format: getFormat(name), k: 1024, figures, source: undefined };
  });
}
