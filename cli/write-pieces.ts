/** Writing text piece by piece, no faster than the reader takes it. */
import { once } from 'node:events';

export async function writePieces(pieces: AsyncIterable<string>): Promise<void> {
  for await (const piece of pieces) {
    if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
  }
}
