import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { afterAll, describe, expect, it } from 'vitest';
import { describeLayers, type LayersRequest } from '../../cli/layers-text.js';
import { UserError } from '../../errors.js';
import { saveModel } from '../../networks/files/model.js';
import { initialParameters } from '../../networks/parameters.js';
import { getNetwork } from '../../networks/zoo/registry.js';

const directory = mkdtempSync(join(tmpdir(), 'layers-'));
afterAll(() => rmSync(directory, { recursive: true }));

const network = getNetwork('mlp4', [28, 28, 1], 10);
await saveModel(directory, { network, parameters: initialParameters(network, 1) });

function request(more: Partial<LayersRequest> = {}): LayersRequest {
  return {
    network: undefined,
    weights: directory,
    dataset: 'builtin',
    table: undefined,
    dataDirectory: undefined,
    formats: ['posit8es1', 'int8/float8e4m3fn'],
    quantizer: 'linear',
    granularity: 'tensor',
    calibrationImages: 8,
    epochs: undefined,
    trainImages: 40,
    seed: 0,
    print: 'csv',
    ...more,
  };
}

describe('cheetah layers', () => {
  it('writes a CSV with a row for each tensor and format, the images first', async () => {
    const { data, errors } = Papa.parse<Record<string, string>>(await describeLayers(request()), {
      header: true,
      skipEmptyLines: true,
    });
    expect(errors).toEqual([]);
    expect(data.length).toBe(2 * (1 + 4 + 4));
    expect(data.slice(0, 2).map(({ tensor, kind, format }) => [tensor, kind, format])).toEqual([
      ['input', 'activations', 'posit8es1'],
      ['input', 'activations', 'float8e4m3fn'],
    ]);
    expect(data.slice(2, 4).map(({ kind, format }) => [kind, format])).toEqual([
      ['weights', 'posit8es1'],
      ['weights', 'affine8s'],
    ]);
    for (const row of data) expect(Number(row.sqnr_db)).toBeGreaterThan(20);
  });

  it('writes the same records as JSON, and the same bytes every time', async () => {
    const json = await describeLayers(request({ print: 'json' }));
    expect(await describeLayers(request({ print: 'json' }))).toBe(json);
    const csv = Papa.parse(await describeLayers(request()), {
      header: true,
      skipEmptyLines: true,
      dynamicTyping: true,
    });
    expect(JSON.parse(json)).toEqual(csv.data);
  });

  it('prints formats side by side, then each tensor in detail', async () => {
    const text = await describeLayers(request({ print: 'text' }));
    expect(text).toMatch(/^SQNR in dB: mlp4 on 8 calibration images of strokes, quantizer linear:mse\n/);
    expect(text).toMatch(/tensor +kind +values +posit8es1 +int8\/float8e4m3fn\n/);
    expect(text.match(/^input +activations/gm)?.length).toBe(2);
  });

  it.each([
    ['integer-tflite', 'affine8s/affine8', 'linear:max', 'single'],
    ['integer-jacob', 'affine8', 'linear:max', undefined],
    ['integer-yao', 'pow2int8', 'linear:yao', undefined],
    ['emac', 'posit8es1', 'linear:mse', undefined],
  ])('runs the network in %s beside it', async (dataflow, format, quantizer, requantize) => {
    const asked = { formats: [format], quantizer, print: 'json' } as const;
    const alone = JSON.parse(await describeLayers(request(asked))) as Record<string, number | string>[];
    const ran = JSON.parse(await describeLayers(request({ ...asked, dataflow, requantize }))) as typeof alone;
    expect(ran.map(({ run_sqnr_db: _, run_max_error: __, ...rest }) => rest)).toEqual(alone);
    const edges = ran.filter(({ kind }) => kind === 'activations');
    for (const { kind, run_sqnr_db } of ran) {
      if (kind === 'weights') expect(run_sqnr_db).toBe('n/a');
      else expect(run_sqnr_db).toBeGreaterThan(10);
    }
    // the images have no layer before them, the logits have four
    const lost = (edge: (typeof edges)[number]) => Number(edge.sqnr_db) - Number(edge.run_sqnr_db);
    expect(Math.abs(lost(edges[0]!))).toBeLessThan(0.01);
    expect(lost(edges.at(-1)!)).toBeGreaterThan(1);
    const text = await describeLayers(request({ ...asked, dataflow, requantize, print: 'text' }));
    expect(text).toMatch(/SQNR run \(dB\) +max error run\n/);
  });

  it('requantizations give other errors, and a format that a scheme has not is refused by name', async () => {
    const asked = { formats: ['affine8'], quantizer: 'linear:max', dataflow: 'integer-jacob' };
    const of = (requantize: string) => describeLayers(request({ ...asked, requantize }));
    expect(await of('float32')).not.toBe(await of('gemmlowp'));
    await expect(describeLayers(request({ dataflow: 'integer-yao' }))).rejects.toThrow(
      /edge 'input' is in posit8es1; integer-yao has pow2int<R>/,
    );
  });

  it('trains where no weights are given', async () => {
    const trained = request({ weights: undefined, network: 'mlp4', epochs: 1, print: 'json' });
    const records = JSON.parse(await describeLayers(trained)) as { tensor: string }[];
    expect(records[0]!.tensor).toBe('input');
  });

  it.each([
    ['an unknown format', { formats: ['posit8es1', 'posit1es0'] }, /posit1es0/],
    ['three formats in a pair', { formats: ['int8/int8/int8'] }, /pair/],
    ['a format that needs calibration', { formats: ['int8'], quantizer: 'rounding' }, /use linear/],
    ['an unknown quantizer', { quantizer: 'best' }, /'best'/],
    ['no images', { calibrationImages: 0 }, /--calibration-images 0/],
    ['a missing model', { weights: join(directory, 'nowhere') }, /no such directory/],
  ])('%s is one clear line', async (_, more, pattern) => {
    const attempt = describeLayers(request(more));
    await expect(attempt).rejects.toThrow(UserError);
    await expect(attempt).rejects.toThrow(pattern);
    await expect(attempt).rejects.not.toThrow(/\n/);
  });
});
