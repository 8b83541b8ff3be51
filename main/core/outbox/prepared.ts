import type { Submission } from './contract.ts';
import { nextNumber } from './receipt-sequence.ts';
import { sealFiles, type SealedFiles } from './seal-submission.ts';
import type { SubmitContext } from './submit.ts';

/**
 * Seals what is about to be handed in while its person still reads it. In memory only: what is given up leaves
 * nothing, and what a change has overtaken is not used.
 */
export interface Prepared {
  /** Begins; what was sealed of the same submission before, and still is the same, is taken over. Never throws. */
  begin(submission: Submission): void;
  /** What was sealed for this submission and these recipients, given once; waits for what is being sealed. Anything else is given up. Never rejects. */
  take(submissionId: string, recipients: readonly string[]): Promise<SealedFiles>;
  forget(): void;
}

interface Preparation {
  readonly submissionId: string;
  readonly recipients: string;
  readonly files: Promise<SealedFiles>;
  /** Aborts when the submission is given up. */
  readonly given: AbortController;
}

const NOTHING: SealedFiles = new Map();

/** What is sealed ahead, one submission at a time. */
export function createPrepared({
  ports,
  db,
  enrolment,
  keys,
}: Pick<SubmitContext, 'ports' | 'db' | 'enrolment' | 'keys'>): Prepared {
  let current: Preparation | undefined;
  const prepare = async (
    submission: Submission,
    recipients: readonly string[],
    before: Promise<SealedFiles>,
    given: AbortSignal,
  ): Promise<SealedFiles> => {
    try {
      const ahead = await before;
      const enrolled = enrolment();
      const wall = ports.clock.wall();
      const receiptNumber = enrolled && nextNumber(db, enrolled, wall);
      if (receiptNumber === undefined || given.aborted) return NOTHING;
      const { files } = await submission.compose({
        submissionId: submission.submissionId,
        receiptNumber,
        submittedAt: new Date(wall).toISOString(),
      });
      return await sealFiles(ports.seal, recipients, files, ahead, given);
    } catch {
      // sealed when it is handed in; what is wrong is told then
      return NOTHING;
    }
  };
  const forget = (): void => {
    current?.given.abort();
    current = undefined;
  };
  return {
    forget,
    begin(submission) {
      const { submissionId } = submission;
      const recipients = (keys()?.recipients ?? []).map(({ recipient }) => recipient);
      const wanted = recipients.join(' ');
      if (wanted === '') {
        forget();
        return;
      }
      const last = current;
      const goesOn = last?.submissionId === submissionId && last.recipients === wanted;
      if (!goesOn) last?.given.abort();
      const given = goesOn ? last.given : new AbortController();
      const before = goesOn ? last.files : Promise.resolve(NOTHING);
      const files = prepare(submission, recipients, before, given.signal);
      current = { submissionId, recipients: wanted, files, given };
    },
    async take(submissionId, recipients) {
      const last = current;
      if (last?.submissionId !== submissionId || last.recipients !== recipients.join(' ')) {
        // what waits for its turn would be composed while this is sealed, and overwrite the summary that both share
        forget();
        return NOTHING;
      }
      const files = await last.files;
      if (current === last) current = undefined;
      return files;
    },
  };
}
