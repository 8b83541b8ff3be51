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
  envelopeSha256: z.string().describe('Computed from the stored file when asked'),
  attachmentSha256: z.array(z.string()).describe('Computed from the stored files when asked'),
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
