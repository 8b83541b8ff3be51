import { z } from 'zod';

/** What the platform holds of one submission, for tests and demonstrations. */
export const adminItem = z.object({
  copies: z
    .int()
    .describe('Cases with this submission id or its receipt number: 1 when all is well'),
  conflicts: z.int().describe('Envelopes with the same id and other content that are kept beside'),
  submissionId: z.string(),
  receiptNumber: z.string(),
  service: z.string(),
  state: z.string(),
  reviewed: z.boolean().describe('The background review has opened and checked it'),
  problems: z.array(z.string()),
  caseNumber: z.string(),
  receivedAt: z.string(),
  archived: z.boolean(),
  envelopeSha256: z
    .string()
    .describe('Computed from the stored file when asked; empty when it was lost and given up'),
  attachmentSha256: z.array(z.string()).describe('Computed from the stored files when asked'),
  givenUp: z
    .array(z.string())
    .optional()
    .describe('Its files that were lost and given up: those above leave them out'),
  clear: z
    .unknown()
    .optional()
    .describe('The opened body, only with ?clear=1; the access is logged'),
});

/** Newest first; pass the last `cursor` as `before` for more. */
export const adminItemList = z.object({
  items: z.array(
    z.object({
      submissionId: z.string(),
      receiptNumber: z.string(),
      state: z.string(),
      cursor: z.int(),
    }),
  ),
});

/** A code that lets one terminal in. */
export const enrolmentCode = z.object({
  code: z.string().min(4).max(100),
  region: z.string().regex(/^\d{9}$/),
  terminal: z.string().regex(/^\d{3}$/),
  reusable: z.boolean().default(false).describe('Only for demonstrations'),
});

/** What a terminal with a locked PIN shows. */
export const unlockCodeRequest = z.object({
  challenge: z
    .string()
    .regex(/^[12]\d{9}$/)
    .describe('10 digits; the first is 1 for staff, 2 for the technician, the last a check digit'),
});

/** What is to be typed at the terminal. */
export const unlockCodeAnswer = z.object({
  role: z.enum(['staff', 'technician']),
  code: z
    .string()
    .regex(/^\d{8}$/)
    .describe('Counts once, for this terminal, this role and this lock'),
});

const itemName = z.object({ submissionId: z.string(), receiptNumber: z.string() });

/** What a terminal's audit chain says that it stored. */
export const reconciliationRequest = z.object({
  since: z.iso
    .datetime()
    .describe(
      'Time of the first event of the chain, or of the earliest that it has where its clock was ahead then: what is older is not compared',
    ),
  until: z.iso
    .datetime()
    .optional()
    .describe(
      'Time of its last event: what was sealed later (by the terminal’s clock) or received later (by the platform’s) is not looked for in the chain; left out: everything is',
    ),
  stored: z.array(itemName).max(100_000),
});

/** A terminal's chain against the platform's cases. */
export const reconciliation = z.object({
  matching: z
    .int()
    .describe('Items that both know by the same number, and none in `givenUp` or `lost`'),
  missing: z
    .array(itemName)
    .describe('Stored at the terminal, not (yet) here, or here and not whole: those in `lost`'),
  differing: z
    .array(itemName)
    .describe('Here under another receipt number, or what a third place sealed under its id'),
  unknown: z
    .array(itemName)
    .describe(
      'Here, sealed by this terminal, sealed and received by `until`, and not in its chain: a lost index, or a clone',
    ),
  givenUp: z
    .array(itemName)
    .optional()
    .describe('Here by the same number, and not whole: files of it were lost and given up'),
  lost: z
    .array(itemName)
    .optional()
    .describe(
      'Of `missing` those that came in once, and of which files are lost now: the terminal may have the last copy. Looked for on the disk as this is asked, but for what is archived; papers beyond the newest GiB by their length only',
    ),
});
