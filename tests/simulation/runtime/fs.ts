import { readFile } from './fs-promises.ts';

export * from 'node:fs';

/** Bytes of a file as they come, on a simulated disk: in one piece. */
export async function* createReadStream(file: string): AsyncGenerator<Buffer> {
  yield Buffer.from(await readFile(file));
}
