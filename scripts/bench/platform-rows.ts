import { createHash, createPublicKey, verify, type KeyObject } from 'node:crypto';
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import fastify from 'fastify';
import { Pool } from 'undici';
import { parseEnvelope } from '../../domain/envelope/header.ts';
import { signerFromSeed } from '../../main/core/keys/ed25519.ts';
import { TEST_CODE } from '../../tests/platform-kit/platform.ts';
import { enrolTerminal } from '../../tests/platform-kit/terminal.ts';
import { openStand, type OutboxStand } from './outbox-terminal.ts';
import { percentile, type BenchRow } from './row.ts';

/** Items of a round, and how many of them are on their way at once. */
const ITEMS = 350;
const AT_ONCE = 32;
const ROUNDS = 3;
const MEDIA = 'application/vnd.bianmin.envelope';

interface Sealed {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Puts envelopes by so many connections at once. @returns milliseconds */
async function putAll(url: string, envelopes: readonly Sealed[], token: string): Promise<number> {
  const pool = new Pool(url, { connections: AT_ONCE, pipelining: 1 });
  const next = envelopes.values();
  const worker = async (): Promise<void> => {
    for (const { id, bytes } of next) {
      const answer = await pool.request({
        method: 'PUT',
        path: `/v1/items/${id}`,
        headers: { 'content-type': MEDIA, authorization: `Bearer ${token}` },
        body: bytes,
      });
      await answer.body.dump();
      if (answer.statusCode !== 201) throw new Error(`status ${String(answer.statusCode)}`);
    }
  };
  try {
    const start = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    return performance.now() - start;
  } finally {
    await pool.close();
  }
}

/** The same request to the same framework, which does with the bytes what it is told to. */
async function frameworkAlone(keep: (bytes: Buffer) => undefined | Promise<void>) {
  const app = fastify();
  app.addContentTypeParser(MEDIA, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
  app.put('/v1/items/:id', (request, reply) => {
    const bytes = request.body as Buffer;
    const envelopeSha256 = createHash('sha256').update(bytes).digest('hex');
    const answer = () => reply.code(201).send({ result: 'received', envelopeSha256 });
    return keep(bytes)?.then(answer) ?? answer();
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return { put: (some: readonly Sealed[]) => putAll(url, some, 'none'), close: () => app.close() };
}

function verifying(key: KeyObject): (bytes: Buffer) => undefined {
  return (bytes) => {
    const parsed = parseEnvelope(bytes, (text) => Buffer.from(text).toString());
    if (!parsed || !verify(null, parsed.signedBytes, key, parsed.signature)) {
      throw new Error('not signed');
    }
    return undefined;
  };
}

/** Appends what waits to one file, with one flush for all of it. */
function flushing(file: FileHandle): (bytes: Buffer) => Promise<void> {
  let waiting: { readonly bytes: Buffer; readonly done: () => void }[] = [];
  let running = false;
  const flush = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await file.appendFile(Buffer.concat(group.map(({ bytes }) => bytes)));
      await file.datasync();
      for (const { done } of group) done();
    }
    running = false;
  };
  return (bytes) =>
    new Promise((resolve, reject) => {
      waiting.push({ bytes, done: resolve });
      if (!running) flush().catch(reject);
    });
}

async function sealedBy(stand: OutboxStand, count: number): Promise<readonly Sealed[]> {
  const envelopes: Sealed[] = [];
  for (let at = 0; at < count; at += 1) {
    const item = await stand.submit([]);
    await stand.filed();
    const file = join(stand.folder, 'terminal', 'outbox', 'blobs', item.envelopeSha256);
    envelopes.push({ id: item.submissionId, bytes: await readFile(file) });
  }
  return envelopes;
}

/** The platform and its limits, one after another in each round, each of them warm. */
export async function platformRows(): Promise<readonly BenchRow[]> {
  const stand = await openStand();
  const kept = await open(join(stand.folder, 'kept'), 'w');
  const limits: { what: string; goal?: number; app: Awaited<ReturnType<typeof frameworkAlone>> }[] =
    [];
  try {
    stand.link.shape({ halfOpen: true });
    const envelopes = await sealedBy(stand, ITEMS * (ROUNDS + 1));
    // of the same place, so it may bring what the other one sealed
    const terminal = await enrolTerminal(() => stand.platform.url, TEST_CODE);
    const token = await terminal.token();
    const seed = join(stand.folder, 'terminal', 'keys', 'terminal.ed25519');
    const x = Buffer.from(signerFromSeed(await readFile(seed)).publicKey).toString('base64url');
    const key = createPublicKey({
      key: { kty: 'OKP', crv: 'Ed25519', x },
      format: 'jwk',
    });
    const check = verifying(key);
    const keep = flushing(kept);
    limits.push(
      { what: 'keeping nothing', goal: 1 / 0.65, app: await frameworkAlone(() => undefined) },
      {
        what: 'verifying the signature (Ed25519), keeping nothing',
        app: await frameworkAlone(check),
      },
      {
        what: 'verifying it, one flush for all that wait',
        app: await frameworkAlone((bytes) => {
          check(bytes);
          return keep(bytes);
        }),
      },
    );
    const warm = envelopes.slice(0, ITEMS);
    await putAll(stand.platform.url, warm, token);
    for (const { app } of limits) await app.put(warm);
    const ours: number[] = [];
    const theirs = limits.map((): number[] => []);
    for (let round = 1; round <= ROUNDS; round += 1) {
      await stand.platform.reviewed();
      const some = envelopes.slice(round * ITEMS, (round + 1) * ITEMS);
      ours.push(await putAll(stand.platform.url, some, token));
      for (const [at, { app }] of limits.entries()) theirs[at]?.push(await app.put(some));
    }
    const aSecond = (took: readonly number[]): string =>
      `${((ITEMS / percentile(took, 0.5)) * 1000).toFixed(0)} a second`;
    return limits.map(({ what, goal }, at) => ({
      what: `platform: ${String(ITEMS)} items of 4 KB, ${String(AT_ONCE)} at once, each on the disk when answered`,
      ours: aSecond(ours),
      limit: `the same framework ${what} ${aSecond(theirs[at] ?? [])}`,
      ratio: percentile(ours, 0.5) / percentile(theirs[at] ?? [], 0.5),
      ...(goal === undefined ? {} : { goal }),
    }));
  } finally {
    for (const { app } of limits) await app.close();
    await kept.close();
    await stand.close();
  }
}
