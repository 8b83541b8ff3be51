import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { AUDIT_EVENTS, type AuditEventName } from '../../domain/wire/audit-events.ts';
import { beginsRightly, verifyChain } from '../../main/core/audit/chain.ts';
import type { AuditRow } from '../../main/core/audit/contract.ts';
import { reconciliation } from '../../platform/contract/admin.ts';

/** The folder is not a finished export, or the platform does not answer; the message says what to do. */
export class NotAnExport extends Error {
  override readonly name = 'NotAnExport';
}

/** What became of a stick. Receipt numbers only, nothing of a person. */
export interface ImportReport {
  readonly items: readonly {
    readonly receiptNumber: string;
    /**
     * A case number, or why it was not taken: a problem code, `fileMissing`, `fileDamaged`,
     * `notThePlatform` (an answer that does not name this item).
     */
    readonly outcome: string;
    readonly taken: boolean;
  }[];
  /** Already damaged on the terminal. */
  readonly damaged: readonly string[];
  readonly chain:
    | {
        readonly state: 'whole';
        readonly matching: number;
        readonly missing: readonly string[];
        readonly differing: readonly string[];
        readonly unknown: readonly string[];
      }
    /** Nothing is compared with a chain that does not hold, or that was cut off at either end. */
    | { readonly state: 'broken' | 'unreadable' | 'unknownTerminal' | 'notCompared' };
  /** Everything of the stick is at the platform, and nothing differs. */
  readonly complete: boolean;
}

/** Where the platform is and who asks. */
export interface ImportOptions {
  readonly platform: string;
  readonly token: string;
  readonly alsoRevoked: boolean;
  /** In the place of the runtime's own. */
  readonly fetch?: (
    url: URL,
    init: {
      readonly method: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body?: string | Uint8Array<ArrayBuffer>;
    },
  ) => Promise<Response>;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const manifestSchema = z.object({
  format: z.literal('bianmin-export/1'),
  terminalId: z.string(),
  items: z.array(
    z.object({
      submissionId: z.string().regex(/^[0-9a-f]{32}$/),
      receiptNumber: z.string(),
      envelopeSha256: hash,
      attachments: z.array(z.object({ sha256: hash })),
    }),
  ),
  damaged: z.array(z.string()),
});
type Manifest = z.output<typeof manifestSchema>;

const eventNames = Object.keys(AUDIT_EVENTS) as [AuditEventName, ...AuditEventName[]];
const rowSchema: z.ZodType<AuditRow> = z.object({
  seq: z.int(),
  time: z.string(),
  event: z.enum(eventNames),
  submissionId: z.string().nullable(),
  receiptNumber: z.string().nullable(),
  detail: z.string().nullable(),
  prevHash: z.string(),
  hash: z.string(),
});
const problemSchema = z.object({ code: z.string() });
const receivedSchema = z.object({
  submissionId: z.string(),
  envelopeSha256: z.string(),
  caseNumber: z.string(),
});
const terminalsSchema = z.object({
  terminals: z.array(
    z.object({ terminalId: z.string(), keyId: z.string(), publicKey: z.string() }),
  ),
});

async function manifestOf(folder: string): Promise<Manifest> {
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch {
    throw new NotAnExport(
      '这个文件夹里没有 manifest.json：U 盘可能拔早了，请回终端再拷一次。No manifest.json here: the stick was pulled out too early; copy again at the terminal.',
    );
  }
  const read = manifestSchema.safeParse(safeJson(text));
  if (!read.success) {
    throw new NotAnExport('manifest.json 不对 / manifest.json is not one of an export');
  }
  return read.data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** How often a platform that asks for patience is asked again, for one request. */
const MOST_WAITS = 10;
const LONGEST_WAIT_S = 60;

async function patiently(send: () => Promise<Response>): Promise<Response> {
  for (let waits = 0; ; waits += 1) {
    const answer = await send();
    if (answer.status !== 429 || waits === MOST_WAITS) return answer;
    await answer.arrayBuffer();
    const asked = Number(answer.headers.get('retry-after') ?? '1');
    const seconds = Number.isFinite(asked) ? Math.min(Math.max(asked, 1), LONGEST_WAIT_S) : 1;
    await pause(seconds * 1000);
  }
}

function client({ platform, token, fetch: send = fetch }: ImportOptions) {
  return async (
    method: string,
    path: string,
    type?: string,
    body?: string | Uint8Array<ArrayBuffer>,
  ): Promise<{ readonly status: number; readonly body: unknown }> => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(type === undefined ? {} : { 'content-type': type }),
    };
    try {
      const answer = await patiently(() =>
        send(new URL(path, platform), { method, headers, ...(body && { body }) }),
      );
      return { status: answer.status, body: safeJson(await answer.text()) };
    } catch {
      throw new NotAnExport('连不上平台，请再试一次 / the platform does not answer; try again');
    }
  };
}
type Ask = ReturnType<typeof client>;

async function fileOf(
  folder: string,
  sha256: string,
): Promise<Uint8Array<ArrayBuffer> | 'fileMissing' | 'fileDamaged'> {
  const bytes = await readFile(join(folder, 'files', sha256)).catch(() => undefined);
  if (!bytes) return 'fileMissing';
  const right = createHash('sha256').update(bytes).digest('hex') === sha256;
  return right ? new Uint8Array(bytes) : 'fileDamaged';
}

async function bring(
  ask: Ask,
  folder: string,
  item: Manifest['items'][number],
  alsoRevoked: boolean,
): Promise<{ readonly taken: boolean; readonly outcome: string }> {
  const parts = [
    ...item.attachments.map(({ sha256 }) => ({
      sha256,
      path: `/v1/admin/attachments/${sha256}`,
      type: 'application/octet-stream',
    })),
    {
      sha256: item.envelopeSha256,
      path: `/v1/admin/items/${item.submissionId}${alsoRevoked ? '?alsoRevoked=1' : ''}`,
      type: 'application/vnd.bianmin.envelope',
    },
  ];
  let outcome = '';
  for (const { sha256, path, type } of parts) {
    const bytes = await fileOf(folder, sha256);
    if (typeof bytes === 'string') return { taken: false, outcome: bytes };
    const answer = await ask('PUT', path, type, bytes);
    if (answer.status !== 200 && answer.status !== 201) {
      const problem = problemSchema.safeParse(answer.body);
      return { taken: false, outcome: problem.success ? problem.data.code : String(answer.status) };
    }
    const received = receivedSchema.safeParse(answer.body).data;
    const named =
      received?.submissionId === item.submissionId &&
      received.envelopeSha256 === item.envelopeSha256;
    outcome = named ? received.caseNumber : '';
  }
  return outcome === '' ? { taken: false, outcome: 'notThePlatform' } : { taken: true, outcome };
}

/**
 * From its first event (or from the one before which old ones were rightly removed) to this export, signed by the very terminal: what was cut off could be just what is
 * missing. A chain that ends with any other signature was cut there.
 */
function isWhole(
  rows: readonly AuditRow[],
  keys: ReadonlyMap<string, Uint8Array>,
  terminalKeyId: string,
  exported: number,
): boolean {
  const [said, signed] = rows.slice(-2);
  return (
    beginsRightly(rows) &&
    said?.event === 'itemsExported' &&
    said.detail === String(exported) &&
    signed?.event === 'checkpoint' &&
    signed.detail?.startsWith(`${terminalKeyId}.`) === true &&
    verifyChain(rows, keys).ok
  );
}

async function reconcile(
  ask: Ask,
  folder: string,
  { terminalId, items }: Manifest,
): Promise<ImportReport['chain']> {
  const text = await readFile(join(folder, 'audit.jsonl'), 'utf8').catch(() => '');
  const read = z.array(rowSchema).min(1).safeParse(text.split('\n').filter(Boolean).map(safeJson));
  if (!read.success) return { state: 'unreadable' };
  const rows = read.data;
  const known = terminalsSchema.safeParse((await ask('GET', '/v1/admin/terminals')).body);
  const terminal = known.data?.terminals.find((each) => each.terminalId === terminalId);
  if (!known.success || !terminal) return { state: 'unknownTerminal' };
  const keys = new Map(
    known.data.terminals.map((each) => [each.keyId, Buffer.from(each.publicKey, 'base64url')]),
  );
  if (!isWhole(rows, keys, terminal.keyId, items.length)) return { state: 'broken' };
  const stored = rows.flatMap(({ event, submissionId, receiptNumber }) =>
    (event === 'itemStored' || event === 'itemRecovered') && submissionId && receiptNumber
      ? [{ submissionId, receiptNumber }]
      : [],
  );
  const answer = await ask(
    'POST',
    `/v1/admin/terminals/${terminalId}/reconciliations`,
    'application/json',
    JSON.stringify({ since: rows[0]?.time, until: rows.at(-1)?.time, stored }),
  );
  const compared = reconciliation.safeParse(answer.body).data;
  if (!compared) return { state: 'notCompared' };
  const numbers = (list: readonly { receiptNumber: string }[]): string[] =>
    list.map(({ receiptNumber }) => receiptNumber);
  return {
    state: 'whole',
    matching: compared.matching,
    missing: numbers(compared.missing),
    differing: numbers(compared.differing),
    unknown: numbers(compared.unknown),
  };
}

/**
 * Takes a folder of `exportWaiting` to the platform. Nothing on the stick changes.
 * @throws NotAnExport
 */
export async function importFolder(folder: string, options: ImportOptions): Promise<ImportReport> {
  const manifest = await manifestOf(folder);
  const ask = client(options);
  const items: ImportReport['items'][number][] = [];
  for (const item of manifest.items) {
    const brought = await bring(ask, folder, item, options.alsoRevoked);
    items.push({ receiptNumber: item.receiptNumber, ...brought });
  }
  const chain = await reconcile(ask, folder, manifest);
  return {
    items,
    damaged: manifest.damaged,
    chain,
    complete:
      items.every(({ taken }) => taken) &&
      manifest.damaged.length === 0 &&
      chain.state === 'whole' &&
      chain.missing.length + chain.differing.length + chain.unknown.length === 0,
  };
}
