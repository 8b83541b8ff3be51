import { z } from 'zod';
import { AUDIT_EVENTS, type AuditEventName } from '../../domain/wire/audit-events.ts';
import { beginsRightly, verifyChain } from '../../main/core/audit/chain.ts';
import type { AuditRow } from '../../main/core/audit/contract.ts';
import { reconciliation } from '../../platform/contract/admin.ts';
import { createAsk, mayPass, safeJson, type Ask, type AskOptions, type NotTrusted } from './ask.ts';
import { openStick, type Manifest, type Stick, type StickTrouble } from './stick.ts';

export { NotAnExport } from './stick.ts';

/** In the place of the platform's word: the status of another answer, none, or one of nobody who is trusted. */
type NoWord = number | 'noAnswer' | NotTrusted;

/** What became of a stick. Receipt numbers only, nothing of a person. */
export interface ImportReport {
  readonly items: readonly {
    readonly receiptNumber: string;
    /**
     * A case number, or why it was not taken: a problem code, a status without one, `fileMissing` and `fileDamaged`
     * (the envelope here, or an attachment that the platform does not have either), `notThePlatform` (an answer
     * that does not name this item), `noAnswer` (the line is down: it may have been taken), `notTrusted` (whoever
     * answered did not prove to be the platform: nothing was sent), `stickGone` and `stickFails` (`StickTrouble`).
     * After `noAnswer`, `notTrusted` and `stickGone` the rest is not tried.
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
        /** The platform has them and has given up lost files of them: not whole. */
        readonly givenUp?: readonly string[];
        /** Of those missing the ones that the platform had and lost files of. */
        readonly lost?: readonly string[];
      }
    /** Nothing is compared with a chain that does not hold, or that was cut off at either end. */
    | { readonly state: 'broken' | 'unreadable' | 'unknownTerminal' }
    /** Says nothing of the chain: the stick did not give it. */
    | { readonly state: StickTrouble }
    /** Says nothing of the chain: the platform did not answer, or with this status, or did not prove itself. */
    | { readonly state: 'notCompared'; readonly answer: NoWord };
  /** Something was not done for the platform's, the line's or the stick's sake: the same import again may do it. */
  readonly again: boolean;
  /** Everything of the stick is at the platform, nothing of the terminal's chain differs, and nothing lacks there. */
  readonly complete: boolean;
}

/** Where the platform is, who asks, and what is decided about a terminal that was revoked. */
export interface ImportOptions extends AskOptions {
  readonly alsoRevoked: boolean;
}

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

const TERMINALS = '/v1/admin/terminals';

interface Brought {
  readonly taken: boolean;
  readonly outcome: string;
  /** It may well be taken another time. */
  readonly again: boolean;
  readonly notTrusted?: NotTrusted;
}

/** Why the rest is not tried. */
type Ended = Exclude<NoWord, number> | 'stickGone';

function notTried(ended: Ended): Brought {
  return typeof ended === 'string'
    ? { taken: false, outcome: ended, again: true }
    : { taken: false, outcome: 'notTrusted', again: false };
}

const isTrouble = (outcome: string | undefined): boolean =>
  outcome === 'stickGone' || outcome === 'stickFails';

async function bring(
  ask: Ask,
  stick: Stick,
  item: Manifest['items'][number],
  alsoRevoked: boolean,
): Promise<Brought> {
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
  /** What is wrong with an attachment here; the platform may have it from before, and says so of the envelope. */
  let lacking: string | undefined;
  for (const { sha256, path, type } of parts) {
    const bytes = await stick.sealedFile(sha256);
    if (typeof bytes === 'string') {
      if (bytes === 'stickGone' || sha256 === item.envelopeSha256) {
        return { taken: false, outcome: bytes, again: isTrouble(bytes) };
      }
      lacking ??= bytes;
      continue;
    }
    const answer = await ask('PUT', path, type, bytes);
    if (answer === 'noAnswer') return { taken: false, outcome: answer, again: true };
    if ('notTrusted' in answer) {
      return { taken: false, outcome: 'notTrusted', again: false, notTrusted: answer };
    }
    if (answer.status !== 200 && answer.status !== 201) {
      const said = problemSchema.safeParse(answer.body).data?.code;
      const code = said === 'attachmentsMissing' ? (lacking ?? said) : said;
      const again = mayPass(answer.status) || isTrouble(code);
      return { taken: false, outcome: code ?? String(answer.status), again };
    }
    const received = receivedSchema.safeParse(answer.body).data;
    const named =
      received?.submissionId === item.submissionId &&
      received.envelopeSha256 === item.envelopeSha256;
    outcome = named ? received.caseNumber : '';
  }
  return outcome === ''
    ? { taken: false, outcome: 'notThePlatform', again: false }
    : { taken: true, outcome, again: false };
}

/**
 * From its first event (or from the one before which old ones were rightly removed) to this export, signed by the very terminal: what was cut off could be just what is
 * missing. A chain that ends with any other signature was cut there.
 */
function isWhole(
  rows: readonly AuditRow[],
  keys: ReadonlyMap<string, readonly Uint8Array[]>,
  terminalKeyId: string,
  exported: number,
): boolean {
  const [said, signed] = rows.slice(-2);
  const chain = verifyChain(rows, keys);
  return (
    chain.ok &&
    beginsRightly(rows, chain.value.signedThrough) &&
    said?.event === 'itemsExported' &&
    said.detail === String(exported) &&
    signed?.event === 'checkpoint' &&
    signed.detail?.startsWith(`${terminalKeyId}.`) === true
  );
}

/** What the platform says in its own words, by 200 alone: an answer of any other kind says nothing. */
async function asked<T>(
  shape: z.ZodType<T>,
  asking: ReturnType<Ask>,
): Promise<
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly answer: NoWord }
> {
  const answer = await asking;
  if (answer === 'noAnswer' || 'notTrusted' in answer) return { ok: false, answer };
  const read = answer.status === 200 ? shape.safeParse(answer.body).data : undefined;
  return read === undefined ? { ok: false, answer: answer.status } : { ok: true, value: read };
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Where a chain begins, by the terminal's clock: the clock may have been ahead when it began, and set right since. */
function beginningOf(rows: readonly AuditRow[]): string | undefined {
  const [first] = rows;
  if (first === undefined) return undefined;
  // a clock that is believed is no further ahead; events are written under one that is known to be wrong, too
  const from = Date.parse(first.time) - DAY_MS;
  // what was stored before a chain whose old events were removed is not in it: nothing is looked for there
  const isWithin = ({ time }: AuditRow): boolean => first.seq === 1 && Date.parse(time) >= from;
  const times = rows.filter((row) => row === first || row.event === 'itemStored' || isWithin(row));
  return times.map(({ time }) => time).sort((a, b) => Date.parse(a) - Date.parse(b))[0];
}

async function reconcile(ask: Ask, stick: Stick): Promise<ImportReport['chain']> {
  const { terminalId, items } = stick.manifest;
  const chain = await stick.chain();
  if (typeof chain === 'string') return { state: chain };
  const lines = chain.text.split('\n').filter(Boolean);
  const read = z.array(rowSchema).min(1).safeParse(lines.map(safeJson));
  if (!read.success) return { state: 'unreadable' };
  const rows = read.data;
  const known = await asked(terminalsSchema, ask('GET', TERMINALS));
  if (!known.ok) return { state: 'notCompared', answer: known.answer };
  const terminal = known.value.terminals.find((each) => each.terminalId === terminalId);
  if (!terminal) return { state: 'unknownTerminal' };
  const keyOf = ({ publicKey }: typeof terminal): Uint8Array => Buffer.from(publicKey, 'base64url');
  const keys = new Map<string, readonly Uint8Array[]>();
  for (const each of known.value.terminals) {
    keys.set(each.keyId, [...(keys.get(each.keyId) ?? []), keyOf(each)]);
  }
  // an id is eight digits of a hash: whoever made a key that has this one's signs nothing in its name
  keys.set(terminal.keyId, [keyOf(terminal)]);
  if (!isWhole(rows, keys, terminal.keyId, items.length)) return { state: 'broken' };
  const stored = rows.flatMap(({ event, submissionId, receiptNumber }) =>
    (event === 'itemStored' || event === 'itemRecovered') && submissionId && receiptNumber
      ? [{ submissionId, receiptNumber }]
      : [],
  );
  const answer = await asked(
    reconciliation,
    ask(
      'POST',
      `/v1/admin/terminals/${terminalId}/reconciliations`,
      'application/json',
      JSON.stringify({ since: beginningOf(rows), until: rows.at(-1)?.time, stored }),
    ),
  );
  if (!answer.ok) return { state: 'notCompared', answer: answer.answer };
  const compared = answer.value;
  const numbers = (list: readonly { receiptNumber: string }[]): string[] =>
    list.map(({ receiptNumber }) => receiptNumber);
  return {
    state: 'whole',
    matching: compared.matching,
    missing: numbers(compared.missing),
    differing: numbers(compared.differing),
    unknown: numbers(compared.unknown),
    ...(compared.givenUp ? { givenUp: numbers(compared.givenUp) } : {}),
    ...(compared.lost ? { lost: numbers(compared.lost) } : {}),
  };
}

function chainAfter(
  ended: Ended | undefined,
  ask: Ask,
  stick: Stick,
): Promise<ImportReport['chain']> | ImportReport['chain'] {
  if (ended === undefined) return reconcile(ask, stick);
  return ended === 'stickGone' ? { state: ended } : { state: 'notCompared', answer: ended };
}

/**
 * Takes a folder of `exportWaiting` to the platform. Nothing on the stick changes. A line that stays down, a
 * platform that is not trusted, and a stick that is pulled, ends it: what was not done is told in the report, and the same import again does the rest.
 * @throws NotAnExport
 */
export async function importFolder(folder: string, options: ImportOptions): Promise<ImportReport> {
  const stick = await openStick(folder);
  const { manifest } = stick;
  const ask = createAsk(options);
  const items: ImportReport['items'][number][] = [];
  let again = false;
  let ended: Ended | undefined;
  for (const item of manifest.items) {
    const brought: Brought = ended
      ? notTried(ended)
      : await bring(ask, stick, item, options.alsoRevoked);
    ended ??= brought.outcome === 'stickGone' ? 'stickGone' : brought.notTrusted;
    // one that is too large may be cut off without a word: then the line is there for the others
    if (!ended && brought.outcome === 'noAnswer') {
      const heard = await ask('GET', TERMINALS);
      if (heard === 'noAnswer' || 'notTrusted' in heard) ended = heard;
    }
    again ||= brought.again;
    const { taken, outcome } = brought;
    items.push({ receiptNumber: item.receiptNumber, taken, outcome });
  }
  const chain = await chainAfter(ended, ask, stick);
  return {
    items,
    damaged: manifest.damaged,
    chain,
    again:
      again || isTrouble(chain.state) || (chain.state === 'notCompared' && mayPass(chain.answer)),
    complete:
      items.every(({ taken }) => taken) &&
      manifest.damaged.length === 0 &&
      chain.state === 'whole' &&
      chain.missing.length + chain.differing.length + chain.unknown.length === 0 &&
      (chain.givenUp ?? []).length === 0,
  };
}
