import type { SeededBug } from '../seeded-bugs/seeded-bug.ts';

/** Bugs that a run of kills must notice: `npm run test:kill -- --break ID`. */
export const KILL_BUGS: readonly SeededBug[] = [
  {
    id: 'commit-later',
    what: 'the receipt comes before the transaction has committed',
    file: 'main/core/outbox/submit.ts',
    find: `    commit(context, submission, draft, sealed, qr);
`,
    replace: `    setTimeout(() => commit(context, submission, draft, sealed, qr), 20);
    return ok({
      submissionId: submission.submissionId,
      receiptNumber: draft.receiptNumber,
      submittedAt: draft.submittedAt,
      envelopeSha256: sealed.envelope.sha256,
      qr,
    });
`,
    tests: [],
  },
];
