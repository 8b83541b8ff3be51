import { parseEnvelope } from '../../domain/envelope/header.ts';
import { beginsRightly, verifyChain } from '../../main/core/audit/chain.ts';
import { spellingsOf, type Spelling } from '../support/spellings.ts';
import type { PlatformDisk, PlatformItem, TerminalDisk, TerminalItem } from './disks.ts';
import type { Ground, Printed, Violation } from './ground.ts';
import { isOutboxState, Ledger } from './ledger.ts';

type Check = (ground: Ground) => readonly Violation[];

const filesOf = (item: TerminalItem): readonly string[] => [
  item.envelope.sha256,
  ...item.attachments.map(({ sha256 }) => sha256),
];

/** Whether the platform has an item with all its sealed files. */
export function platformHas(platform: PlatformDisk, printed: Printed): boolean {
  const item = platform.items.get(printed.submissionId);
  return (
    item?.envelopeSha256 === printed.envelopeSha256 &&
    platform.holds('envelopes', item.envelopeSha256) &&
    item.attachments.every(({ sha256 }) => platform.holds('attachments', sha256))
  );
}

/** Whether an item lies in the newest backup with all its sealed files. */
export function archiveHas(platform: PlatformDisk, item: PlatformItem | undefined): boolean {
  return (
    item !== undefined &&
    platform.archived.has(item.submissionId) &&
    platform.archives('envelopes', item.envelopeSha256) &&
    item.attachments.every(({ sha256 }) => platform.archives('attachments', sha256))
  );
}

/** Hashes of the attachments that an envelope's header names. */
function namedBy(envelope: Uint8Array | undefined): readonly string[] {
  const parsed = envelope && parseEnvelope(envelope, (bytes) => Buffer.from(bytes).toString());
  return (parsed?.header.attachments ?? []).map(({ sha256 }) => sha256);
}

/**
 * Whether a terminal still has an item that it can send. Without an index the envelope and the files
 * that its header names count, for the next start makes rows of them.
 */
function outboxHas(
  terminal: TerminalDisk,
  rows: ReadonlyMap<string, TerminalItem>,
  printed: Printed,
): boolean {
  const row = rows.get(printed.submissionId);
  if (row) return filesOf(row).every((sha256) => terminal.holds(sha256));
  const there = terminal.index === 'sound' ? terminal.keeps : terminal.holds;
  const { envelopeSha256 } = printed;
  return there(envelopeSha256) && namedBy(terminal.envelope(envelopeSha256)).every(there);
}

/** I1: what a receipt was printed for is on the platform exactly once, or still in the outbox. */
export const exactlyOnce: Check = ({ terminals, platform, witness, settled = false }) => {
  if (!platform) return [];
  const outboxes = terminals.map((terminal) => ({
    terminal,
    rows: new Map(terminal.items.map((item) => [item.submissionId, item])),
  }));
  const byEnvelope = Map.groupBy(platform.items.values(), (item) => item.envelopeSha256);
  return witness.printed.flatMap((printed): Violation[] => {
    const arrived = platformHas(platform, printed);
    const waits = outboxes.some(({ terminal, rows }) => outboxHas(terminal, rows, printed));
    const wrong = (what: string): Violation[] => [
      { invariant: 'I1', about: printed.submissionId, what },
    ];
    if (!arrived && !waits) return wrong('neither on the platform nor in an outbox');
    if (!arrived && settled) return wrong('everything is sent, and this did not arrive');
    const times = byEnvelope.get(printed.envelopeSha256)?.length ?? 0;
    return times > 1 ? wrong(`${times} times on the platform`) : [];
  });
};

/** I2: nothing that is not archived is removed. */
export const nothingRemoved: Check = ({ terminals, platform, revoked, settled = false }) =>
  terminals.flatMap((terminal) =>
    terminal.items.flatMap((item): Violation[] => {
      const wrong = (what: string): Violation[] => [
        { invariant: 'I2', about: item.submissionId, what: `${terminal.name}: ${what}` },
      ];
      if (item.ciphertextDeleted) {
        if (item.state !== 'archived') return wrong(`sealed files given up in state ${item.state}`);
        if (platform && !archiveHas(platform, platform.items.get(item.submissionId))) {
          return wrong('sealed files given up, and no backup has them');
        }
        return [];
      }
      const lost = filesOf(item).filter((sha256) => !terminal.holds(sha256));
      if (lost.length > 0) return wrong(`${lost.length} sealed files are not there or damaged`);
      return settled && item.state !== 'archived' && revoked?.has(terminal.name) !== true
        ? wrong(`never got further than ${item.state}`)
        : [];
    }),
  );

/** I3: the same submission id has the same content everywhere. */
export const sameContent: Check = ({ terminals, platform, witness }) => {
  const known = new Map<string, string>();
  const violations: Violation[] = [];
  const compare = (id: string, sha256: string, where: string): void => {
    const before = known.get(id);
    if (before !== undefined && before !== sha256) {
      violations.push({ invariant: 'I3', about: id, what: `other content ${where}` });
    }
    known.set(id, before ?? sha256);
  };
  for (const each of witness.printed) compare(each.submissionId, each.envelopeSha256, 'printed');
  for (const terminal of terminals) {
    for (const item of terminal.items) {
      compare(item.submissionId, item.envelope.sha256, `in the outbox of ${terminal.name}`);
    }
  }
  for (const item of platform?.items.values() ?? []) {
    compare(item.submissionId, item.envelopeSha256, 'on the platform');
  }
  for (const about of platform?.conflicts ?? []) {
    violations.push({ invariant: 'I3', about, what: 'the platform was sent other content, too' });
  }
  return violations;
};

/** Disks are looked at after every step of a simulation: those spellings that our own programs write. */
const LOOKED_FOR: ReadonlySet<Spelling> = new Set(['utf8', 'utf16le', 'hex', 'escaped', 'base64']);

function spellings(text: string): readonly Buffer[] {
  return spellingsOf(text)
    .filter(({ spelling, bytes }) => LOOKED_FOR.has(spelling) && bytes.length >= 6)
    .map(({ bytes }) => bytes);
}

/** I4: nothing of a person is readable on a terminal's disk: names of files, databases, logs, all. */
export const nothingReadable: Check = ({ terminals, witness }) => {
  const needles = witness.people.flatMap(spellings);
  if (needles.length === 0) return [];
  return terminals.flatMap((terminal) =>
    terminal.files.below(terminal.folder).flatMap((file): Violation[] => {
      const bytes = terminal.files.read(file);
      const name = Buffer.from(file);
      return needles.some((needle) => bytes.includes(needle) || name.includes(needle))
        ? [{ invariant: 'I4', about: file, what: 'something of a person is readable' }]
        : [];
    }),
  );
};

function repeated<T>(
  entries: readonly T[],
  keyOf: (entry: T) => string,
  idOf: (entry: T) => string,
): readonly string[] {
  return [...Map.groupBy(entries, keyOf)]
    .filter(([, same]) => new Set(same.map(idOf)).size > 1)
    .map(([key]) => key);
}

/**
 * I5: receipt numbers never repeat; where a disk was cloned, the platform notices that they do, of an item that came
 * just now when it has reviewed it.
 */
export const numbersNeverRepeat: Check = (ground) => {
  const { terminals, platform, witness, clonedPlaces, settled } = ground;
  const entries = [
    ...witness.printed,
    ...terminals.flatMap(({ items }) => items),
    ...(platform?.items.values() ?? []),
  ];
  const twice = repeated(
    entries,
    ({ receiptNumber }) => receiptNumber,
    ({ submissionId }) => submissionId,
  );
  return twice.flatMap((number): Violation[] => {
    const wrong = (what: string): Violation[] => [{ invariant: 'I5', about: number, what }];
    if (!(clonedPlaces?.has(number.slice(0, 12)) ?? false)) return wrong('given twice');
    const arrived = [...(platform?.items.values() ?? [])].filter(
      ({ receiptNumber, reviewed }) => receiptNumber === number && (reviewed || settled === true),
    );
    const noticed = arrived.filter(({ problems }) => problems.includes('receiptNumberTwice'));
    return arrived.length > 1 && noticed.length < arrived.length - 1
      ? wrong('a cloned terminal gave it again, and the platform did not notice')
      : [];
  });
};

/**
 * I6: one audit event for each transition, and the chain is unbroken. An index that is not there tells neither: that
 * may be so until the next start, and not once everything is settled; nor does a kill ever break one.
 */
export const auditTellsAll: Check = ({ terminals, settled = false, onlyKilled = false }) =>
  terminals.flatMap((terminal) => {
    const violations: Violation[] = [];
    const wrong = (about: string, what: string): void =>
      void violations.push({ invariant: 'I6', about, what: `${terminal.name}: ${what}` });
    const { index, audit } = terminal;
    if (index !== 'sound') {
      if (settled || (onlyKilled && index === 'broken')) wrong('the index', `it is ${index}`);
      return violations;
    }
    if (settled && audit.length === 0) wrong('the chain', 'it has no event');
    // without a key nobody can tell who signed
    let signedThrough = Number.POSITIVE_INFINITY;
    if (terminal.keys.size > 0) {
      const chain = verifyChain(terminal.audit, terminal.keys);
      if (chain.ok) ({ signedThrough } = chain.value);
      else wrong(`event ${chain.error.seq}`, `the chain breaks: ${chain.error.what}`);
    }
    if (!beginsRightly(terminal.audit, signedThrough))
      wrong('the chain', 'its beginning was cut off');
    const pruned = (terminal.audit[0]?.seq ?? 1) > 1;
    const ledger = new Ledger(pruned);
    for (const row of terminal.audit) {
      const what = ledger.take(row);
      if (what !== undefined) wrong(row.submissionId ?? `event ${row.seq}`, what);
    }
    for (const item of terminal.items) {
      const told = ledger.items.get(item.submissionId);
      // its whole story may be older than what is kept
      if (!told && pruned && item.state === 'archived' && item.ciphertextDeleted) continue;
      if (!isOutboxState(item.state)) wrong(item.submissionId, `${String(item.state)} is no state`);
      if (told?.state !== item.state || told.ciphertextDeleted !== item.ciphertextDeleted) {
        wrong(item.submissionId, `is ${item.state}, the audit says ${told?.state ?? 'nothing'}`);
      }
    }
    const rows = new Set(terminal.items.map(({ submissionId }) => submissionId));
    for (const id of ledger.items.keys()) {
      if (!rows.has(id)) wrong(id, 'the audit knows it, and it has no row');
    }
    return violations;
  });

/** I7: nobody was ever shown more than was known. */
export const neverMoreThanKnown: Check = ({ terminals, platform, witness, restored = false }) => {
  if (!platform) return [];
  const violations: Violation[] = [];
  const wrong = (about: string, what: string): void =>
    void violations.push({ invariant: 'I7', about, what });
  const claim = (id: string, said: string, where: string): void => {
    const item = platform.items.get(id);
    if (said === 'archived' ? !archiveHas(platform, item) : !item && !restored) {
      wrong(id, `${where} ${said}, and the platform does not have it so`);
    }
  };
  for (const terminal of terminals) {
    for (const item of terminal.items) {
      if (item.state === 'received' || item.state === 'archived') {
        claim(item.submissionId, item.state, `${terminal.name} says`);
      }
      if (item.caseState === null || restored) continue;
      const states = platform.items.get(item.submissionId)?.states ?? [];
      if (!states.includes(item.caseState)) {
        wrong(item.submissionId, `${terminal.name} tells a case state that never was`);
      }
    }
  }
  for (const { submissionId, said } of witness.shown) {
    if (said !== 'waiting') claim(submissionId, said, 'somebody was shown');
  }
  return violations;
};

/** Every invariant by its number, cheap ones first. */
export const INVARIANTS = {
  I1: exactlyOnce,
  I2: nothingRemoved,
  I3: sameContent,
  I5: numbersNeverRepeat,
  I6: auditTellsAll,
  I7: neverMoreThanKnown,
  I4: nothingReadable,
} as const satisfies Record<string, Check>;

/** Checks everything that was promised. Empty: all holds. */
export function checkInvariants(ground: Ground): readonly Violation[] {
  return Object.values(INVARIANTS).flatMap((check) => check(ground));
}
