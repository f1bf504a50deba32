import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { IMAGE_SETS, MNIST, type Remote, type RemoteFile } from '../../datasets/catalog.js';
import { fetchImageSet } from '../../datasets/fetch.js';
import { loadDataset } from '../../datasets/load.js';
import { joined, tar, temporaryFolder } from './made.js';

const digest = (kind: 'md5' | 'sha256', content: Uint8Array) =>
  createHash(kind).update(content).digest('hex');

function remoteFile(name: string, content: Uint8Array): RemoteFile {
  return {
    name,
    bytes: content.length,
    md5: digest('md5', content),
    sha256: digest('sha256', content),
  };
}

const big = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
const small = Uint8Array.of(1, 2, 3);

/** What the server answers, by path; and what it was asked. */
const files = new Map<string, Uint8Array>();
let asked: { url: string; range: string | undefined }[] = [];
let encodings = new Set<unknown>();
/** Paths whose connection breaks after half, once that half has arrived; and how it is broken. */
const broken = new Set<string>();
let breakLine = (): void => undefined;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url!;
  const { range } = request.headers;
  asked.push({ url, range });
  encodings.add(request.headers['accept-encoding']);
  const content = files.get(url);
  if (content === undefined) {
    response.writeHead(404).end();
    return;
  }
  if (broken.has(url)) {
    response.writeHead(200, { 'content-length': content.length });
    response.write(content.subarray(0, content.length / 2));
    breakLine = () => response.destroy();
    return;
  }
  const from = range === undefined ? 0 : Number(/^bytes=(\d+)-$/.exec(range)![1]);
  const headers =
    from > 0 ? { 'content-range': `bytes ${from}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(from > 0 ? 206 : 200, headers).end(content.subarray(from));
}

const server = createServer(answer);
let base = '';

beforeAll(async () => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  files.clear();
  broken.clear();
  asked = [];
  encodings = new Set();
});

function set(packing: Remote['packing'], remoteFiles: RemoteFile[], members: Remote['members'] = []) {
  return {
    name: 'made',
    remote: { bases: [`${base}/main/`, `${base}/mirror/`], files: remoteFiles, packing, members },
  };
}

describe('fetching files', () => {
  const both = () => set('files', [remoteFile('big', big), remoteFile('small', small)]);

  it('puts every file in the folder of the set, tells the progress, and keeps what is right', async () => {
    files.set('/main/big', big).set('/main/small', small);
    const directory = temporaryFolder();
    const seen: number[] = [];
    const paths = await fetchImageSet(both(), directory, { onProgress: (received) => seen.push(received) });
    expect(paths).toEqual([join(directory, 'made', 'big'), join(directory, 'made', 'small')]);
    expect(new Uint8Array(readFileSync(paths[0]!))).toEqual(big);
    expect(readdirSync(join(directory, 'made')).toSorted()).toEqual(['big', 'small']);
    expect([...encodings]).toEqual(['identity']);
    expect(seen).toContain(big.length);
    expect(seen.at(-1)).toBe(small.length);
    asked = [];
    writeFileSync(paths[1]!, 'damaged since');
    await fetchImageSet(both(), directory);
    expect(asked.map(({ url }) => url)).toEqual(['/main/small']);
    expect(new Uint8Array(readFileSync(paths[1]!))).toEqual(small);
  });

  it('goes to the mirror when the first address has no such file, or a wrong one', async () => {
    files
      .set('/mirror/big', big)
      .set('/main/small', Uint8Array.of(1, 2, 4))
      .set('/mirror/small', small);
    const directory = temporaryFolder();
    const paths = await fetchImageSet(both(), directory);
    expect(paths.map((path) => readFileSync(path).length)).toEqual([big.length, 3]);
    expect(asked.map(({ url }) => url)).toEqual(['/main/big', '/mirror/big', '/main/small', '/mirror/small']);
  });

  it('goes on where the line broke', async () => {
    files.set('/main/big', big).set('/main/small', small);
    broken.add('/main/big');
    const directory = temporaryFolder();
    const onProgress = (received: number) => {
      if (received === big.length / 2) breakLine();
    };
    const calls = { from: `${base}/main`, onProgress };
    await expect(fetchImageSet(both(), directory, calls)).rejects.toThrow(
      /^big could not be fetched: http.*\/main\/big: /,
    );
    expect(readdirSync(join(directory, 'made'))).toEqual(['big.part']);
    const half = readFileSync(join(directory, 'made', 'big.part')).length;
    expect(half).toBe(big.length / 2);
    broken.clear();
    asked = [];
    const paths = await fetchImageSet(both(), directory, calls);
    expect(asked[0]).toEqual({ url: '/main/big', range: `bytes=${half}-` });
    expect(new Uint8Array(readFileSync(paths[0]!))).toEqual(big);
    expect(readdirSync(join(directory, 'made')).toSorted()).toEqual(['big', 'small']);
  });

  it('leaves nothing of a file with a wrong checksum, a wrong length or too much', async () => {
    for (const wrong of [big.with(5, 1), big.subarray(1), joined(big, new Uint8Array(2 ** 20))]) {
      files.set('/main/big', wrong);
      const directory = temporaryFolder();
      const failing = fetchImageSet(both(), directory, { from: `${base}/main/` });
      await expect(failing).rejects.toThrow(
        /wrong checksum, sha256 \w{64} where|wrong length, \d+ bytes where|line broke/,
      );
      await failing.catch((error: Error) => expect(error.message).not.toContain('\n'));
      if (wrong.length >= big.length) expect(readdirSync(join(directory, 'made'))).toEqual([]);
    }
  });

  it('is one line when there is no server, no http address, or no folder to write to', async () => {
    const directory = temporaryFolder();
    await expect(fetchImageSet(both(), directory, { from: 'http://127.0.0.1:1/' })).rejects.toThrow(
      /^big could not be fetched: http:\/\/127\.0\.0\.1:1\/big: \S/,
    );
    await expect(fetchImageSet(both(), directory, { from: 'file:///etc' })).rejects.toThrow(/not an address/);
    writeFileSync(join(directory, 'plain'), '');
    await expect(fetchImageSet(both(), join(directory, 'plain'))).rejects.toThrow(/cannot be written/);
  });
});

describe('fetching an archive', () => {
  const contents = new Map([
    ['set/a.bin', big],
    ['set/readme', small],
    ['set/b.txt', small],
  ]);
  const archive = new Uint8Array(gzipSync(tar(contents)));
  const member = (name: string, content: Uint8Array) => ({
    name,
    bytes: content.length,
    sha256: digest('sha256', content),
  });
  const members = [member('a.bin', big), member('b.txt', small)];

  it('unpacks the members and deletes the archive; a second run fetches nothing', async () => {
    files.set('/main/set.tar.gz', archive);
    const directory = temporaryFolder();
    const packed = set('tar.gz', [remoteFile('set.tar.gz', archive)], members);
    const paths = await fetchImageSet(packed, directory);
    expect(readdirSync(join(directory, 'made')).toSorted()).toEqual(['a.bin', 'b.txt']);
    expect(new Uint8Array(readFileSync(paths[0]!))).toEqual(big);
    asked = [];
    expect(await fetchImageSet(packed, directory)).toEqual(paths);
    expect(asked).toEqual([]);
  });

  it('refuses an archive that lacks a member or holds another', async () => {
    files.set('/main/set.tar.gz', archive);
    const file = remoteFile('set.tar.gz', archive);
    const lacking = set('tar.gz', [file], [member('c.bin', big)]);
    await expect(fetchImageSet(lacking, temporaryFolder())).rejects.toThrow(/the archive lacks c\.bin/);
    const other = set('tar.gz', [file], [member('a.bin', small)]);
    const directory = temporaryFolder();
    await expect(fetchImageSet(other, directory)).rejects.toThrow(/the archive holds another a\.bin/);
    expect(existsSync(join(directory, 'made', 'a.bin'))).toBe(false);
  });
});

describe('the catalog', () => {
  it('has well-formed addresses and digests', () => {
    for (const { remote, train, test, checksum } of IMAGE_SETS) {
      for (const address of remote.bases) expect(address).toMatch(/^https?:\/\/[^ ]+\/$/);
      for (const { md5 } of remote.files) expect(md5).toMatch(/^[0-9a-f]{32}$/);
      const digests = [...remote.files, ...remote.members, ...train, ...test].map(({ sha256 }) => sha256);
      for (const sha256 of [...digests, checksum]) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('refuses what is not the published MNIST', async () => {
    for (const { name } of MNIST.remote.files) files.set(`/${name}`, small);
    const directory = temporaryFolder();
    await expect(fetchImageSet(MNIST, directory, { from: base })).rejects.toThrow(
      /train-images-idx3-ubyte.gz could not be fetched: .*wrong|line broke after 3/,
    );
    expect(existsSync(join(directory, 'mnist', 'train-images-idx3-ubyte.gz'))).toBe(false);
  });

  const real = process.env.CHEETAH_DATA ? join(process.env.CHEETAH_DATA, 'mnist') : '';
  it.skipIf(real === '' || !existsSync(join(real, 'train-images-idx3-ubyte.gz')))(
    'fetches the published MNIST from a copy (needs CHEETAH_DATA with mnist/*.gz)',
    async () => {
      for (const { name } of MNIST.remote.files) files.set(`/${name}`, readFileSync(join(real, name)));
      const directory = temporaryFolder();
      mkdirSync(join(directory, 'mnist'));
      await fetchImageSet(MNIST, directory, { from: base });
      expect((await loadDataset('mnist', directory)).checksum).toBe(MNIST.checksum);
    },
  );
});
