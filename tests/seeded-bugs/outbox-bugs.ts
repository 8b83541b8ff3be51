import { DELIVERY_BUGS } from './delivery-bugs.ts';
import { SIMULATION, type SeededBug } from './seeded-bug.ts';

export { SIMULATION } from './seeded-bug.ts';

const tests = [SIMULATION];

/** Bugs in storing and keeping what was handed in. */
const STORING_BUGS: readonly SeededBug[] = [
  {
    id: 'blob-no-fsync',
    what: 'sealed files are not fsynced',
    file: 'main/core/storage/durable-files.ts',
    find: '      await handle.writeFile(bytes);\n      await handle.sync();',
    replace: '      await handle.writeFile(bytes);',
    tests,
  },
  {
    id: 'blob-no-folder-fsync',
    what: 'the folder of sealed files is not fsynced before the commit',
    file: 'main/core/outbox/blob-folder.ts',
    find: '    sync: () => syncFolder(path),',
    replace: '    sync: () => Promise.resolve(),',
    tests,
  },
  {
    id: 'row-before-file',
    what: 'the row is committed before its files are written',
    file: 'main/core/outbox/submit.ts',
    find: '    const folderMs = await writeFiles(context, sealed);\n    const qr',
    replace:
      "    commit(context, submission, draft, sealed, '-');\n    const folderMs = await writeFiles(context, sealed);\n    const qr",
    tests,
  },
  {
    id: 'number-not-marked',
    what: 'a receipt number is not marked as used',
    file: 'main/core/outbox/submit.ts',
    find: '    markNumberUsed(db, draft.receiptNumber);\n',
    replace: '',
    tests,
  },
  {
    id: 'generation-from-one',
    what: 'a terminal that takes the place of another one begins where the platform stands',
    file: 'main/core/outbox/receipt-sequence.ts',
    find: '((generation - 1) % GENERATIONS) * NUMBERS_OF_A_GENERATION',
    replace: '((generation - 1) % GENERATIONS) * 0 * NUMBERS_OF_A_GENERATION',
    tests,
  },
  {
    id: 'floor-forgotten',
    what: 'a rebuilt index does not read the numbers that were kept beside it',
    file: 'main/core/outbox/rebuild.ts',
    find: '  await restoreSequenceFloor(db, context.outboxFolder);\n',
    replace: '',
    tests,
  },
  {
    id: 'sweep-forgets-attachments',
    what: 'the sweep at the start takes attachments for strays',
    file: 'main/core/storage/item-rows.ts',
    find: '    `SELECT envelope_sha256 AS name FROM item WHERE ciphertext_deleted = 0\n     UNION SELECT sha256 FROM attachment\n     WHERE submission_id IN (SELECT submission_id FROM item WHERE ciphertext_deleted = 0)`,',
    replace: "    'SELECT envelope_sha256 AS name FROM item WHERE ciphertext_deleted = 0',",
    tests,
  },
  {
    id: 'silent-failure',
    what: 'a failed attempt leaves no audit event',
    file: 'main/core/outbox/move-item.ts',
    find: '    audit.record(AUDITED[event.type], {',
    replace: "    if (event.type !== 'attemptFailed') audit.record(AUDITED[event.type], {",
    tests,
  },
  {
    id: 'two-at-once',
    what: 'two submissions are stored at the same time',
    file: 'main/core/outbox/outbox.ts',
    find: 'tail.then(() => submitSafely(submission))',
    replace: 'submitSafely(submission)',
    tests,
  },
  {
    id: 'id-reused',
    what: 'two people may get one submission id',
    file: 'main/core/outbox/outbox.ts',
    find: 'toHex(ports.randomness.bytes(16))',
    replace: "toHex(ports.randomness.bytes(1)).padStart(32, '0')",
    tests,
  },
  {
    id: 'id-not-looked-up',
    what: 'what comes again under its id is sealed again',
    file: 'main/core/outbox/submit.ts',
    find: '  if (before) return ok(storedItemOf(before));\n',
    replace: '',
    tests,
  },
  {
    id: 'receipt-of-nothing',
    what: 'a receipt is given for what could not be stored',
    file: 'main/core/outbox/submit.ts',
    find: "      return err(isDiskFull(error) ? 'diskFull' : 'storeFailed');",
    replace: "      return ok({ ...draft, envelopeSha256: sealed.envelope.sha256, qr: '' });",
    tests,
  },
  {
    id: 'failed-store-leaves-files',
    what: 'what could not be stored leaves its sealed files behind',
    file: 'main/core/outbox/submit.ts',
    find: '      await blobs.remove(names);\n',
    replace: '',
    tests,
  },
  {
    id: 'qr-of-another-file',
    what: "a receipt's code names another file than the envelope",
    file: 'main/core/outbox/submit.ts',
    find: '        createdAt: draft.submittedAt,\n        envelopeSha256: sealed.envelope.sha256,\n      },\n      signer,',
    replace:
      '        createdAt: draft.submittedAt,\n        envelopeSha256: sealed.attachments[0]?.sha256 ?? sealed.envelope.sha256,\n      },\n      signer,',
    tests,
  },
  {
    id: 'wrong-clock-believed',
    what: 'receipts are given under a clock that is known to be wrong',
    file: 'main/core/outbox/outbox.ts',
    find: "    if (belief.wrong()) return 'clockWrong';\n",
    replace: '',
    tests,
  },
  {
    id: 'shown-too-early',
    what: 'what failed once is shown as received',
    file: 'main/core/outbox/outbox.ts',
    find: '    state: row.state,',
    replace: "    state: row.state === 'retry' ? 'received' : row.state,",
    tests,
  },
  {
    id: 'stored-not-audited',
    what: 'storing leaves no audit event',
    file: 'main/core/outbox/submit.ts',
    find: "    audit.record('itemStored', {",
    replace: "    if (draft.receiptNumber === '') audit.record('itemStored', {",
    tests,
  },
  {
    id: 'transaction-left-open',
    what: 'a transaction that failed is not rolled back',
    file: 'main/core/storage/index-db.ts',
    find: "        if (database.isTransaction) database.exec('ROLLBACK');\n        throw error;\n      } finally {",
    replace: '        throw error;\n      } finally {',
    tests,
  },
  {
    id: 'rebuild-not-pending',
    what: 'a new index does not say that its rows are still to come',
    file: 'main/core/storage/index-db.ts',
    find: '    if (have === 0) database.exec(PENDING_SQL);\n',
    replace: '',
    tests,
  },
  {
    id: 'rebuild-forgets-attachments',
    what: 'an index made anew does not know the attachments',
    file: 'main/core/outbox/rebuild.ts',
    find: '        header.attachments,\n',
    replace: '        [],\n',
    tests,
  },
  {
    id: 'sweep-before-rebuild',
    what: 'files without rows are swept before a lost index is made anew',
    file: 'main/core/durable-store.ts',
    find: '    const rebuilt = await recover(',
    replace:
      '    await sweepStrays({ db, audit, blobs, crashPoint: ports.crashPoint, knownKeys });\n    const rebuilt = await recover(',
    tests,
  },
];

/** Bugs in what holds "a printed receipt is a promise"; the simulation must notice. */
export const OUTBOX_BUGS: readonly SeededBug[] = [...STORING_BUGS, ...DELIVERY_BUGS];
