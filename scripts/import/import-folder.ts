import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AUDIT_EVENTS, type AuditEventName } from '../../main/core/audit/catalogue.ts';
import { verifyChain } from '../../main/core/audit/chain.ts';
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
    /** A case number, or why it was not taken: a problem code, `fileMissing`, `fileDamaged`. */
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
    /** Nothing is compared with a chain that does not hold. */
    | { readonly state: 'broken' | 'unreadable' | 'unknownTerminal' };
  /** Everything of the stick is at the platform, and nothing differs. */
  readonly complete: boolean;
}

/** Where the platform is and who asks. */
export interface ImportOptions {
  readonly platform: string;
  readonly token: string;
  readonly alsoRevoked: boolean;
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
const receivedSchema = z.object({ caseNumber: z.string() });
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

function client({ platform, token }: ImportOptions) {
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
      const answer = await fetch(new URL(path, platform), {
        method,
        headers,
        ...(body && { body }),
      });
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
    outcome = receivedSchema.safeParse(answer.body).data?.caseNumber ?? '';
  }
  return { taken: outcome !== '', outcome };
}

async function reconcile(
  ask: Ask,
  folder: string,
  terminalId: string,
): Promise<ImportReport['chain']> {
  const text = await readFile(join(folder, 'audit.jsonl'), 'utf8').catch(() => '');
  const read = z.array(rowSchema).min(1).safeParse(text.split('\n').filter(Boolean).map(safeJson));
  if (!read.success) return { state: 'unreadable' };
  const rows = read.data;
  const known = terminalsSchema.safeParse((await ask('GET', '/v1/admin/terminals')).body);
  if (!known.success || !known.data.terminals.some((each) => each.terminalId === terminalId)) {
    return { state: 'unknownTerminal' };
  }
  const keys = new Map(
    known.data.terminals.map((each) => [each.keyId, Buffer.from(each.publicKey, 'base64url')]),
  );
  if (!verifyChain(rows, keys).ok) return { state: 'broken' };
  const stored = rows.flatMap(({ event, submissionId, receiptNumber }) =>
    (event === 'itemStored' || event === 'itemRecovered') && submissionId && receiptNumber
      ? [{ submissionId, receiptNumber }]
      : [],
  );
  const answer = await ask(
    'POST',
    `/v1/admin/terminals/${terminalId}/reconciliations`,
    'application/json',
    JSON.stringify({ since: rows[0]?.time, stored }),
  );
  const compared = reconciliation.parse(answer.body);
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
  const chain = await reconcile(ask, folder, manifest.terminalId);
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
