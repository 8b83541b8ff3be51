import { z } from 'zod';
import { pageAdvices } from '../../domain/page-image/advice.ts';
import { TICKET_FATES } from '../../domain/receipt/ticket.ts';
import { LOCALES } from '../../domain/text.ts';
import { fieldErrorSchema, faultSchema, answersSchema } from './shapes.ts';

/**
 * Where a session stands. The core owns it; the page draws it.
 *
 * - `identify`: asks for the card (after the attract screen, or after «apply» without a card)
 * - `find`: groups and search
 * - `guide`: the guide of one service
 * - `form`: the form, one topic a screen (which topic is the page's business)
 * - `materials`: papers to give
 * - `sign`: signature or witnessed mark
 * - `review`: everything once more
 * - `submitting`: being stored
 * - `receipt`: stored; the receipt is being printed or shown
 * - `goodbye`: thanks, take your card and papers
 */
export const sessionSteps = [
  'identify',
  'find',
  'guide',
  'form',
  'materials',
  'sign',
  'review',
  'submitting',
  'receipt',
  'goodbye',
] as const;

/** A step of the session. */
export type SessionStep = (typeof sessionSteps)[number];

/** The person whose card was read, as much as the page needs to draw. */
export const applicantSchema = z.object({
  name: z.string(),
  /** What to draw where the name has characters no font shows (old private-use code points). */
  displayName: z.string(),
  maskedName: z.string(),
  maskedIdNumber: z.string(),
  sex: z.enum(['0', '1', '2', '9']),
  birthDate: z.string(),
  doubts: z.array(
    z.enum([
      'idNumberChecksum',
      'idNumberBirthDateDiffers',
      'idNumberSexDiffers',
      'expired',
      'notYetValid',
      'nationUnknown',
    ]),
  ),
  /** The photo of the card, as `GET /preview/<photo>` gives it; null where there is none. */
  photo: z.string().nullable(),
});

/** How the card reader stands towards this session. */
export const cardStateSchema = z.object({
  state: z.enum(['none', 'reading', 'read', 'failed', 'leftBehind']),
  fault: faultSchema.optional(),
});

/** One page of a scanned material; its picture is `GET /preview/<pageId>`. */
export const materialPageSchema = z.object({
  pageId: z.string(),
  width: z.number().int(),
  height: z.number().int(),
  source: z.enum(['scanner', 'camera', 'phone']),
  /** What may be wrong with it; gone once the citizen keeps the page as it is. Nothing of it stops anybody. */
  advice: z.array(z.enum(pageAdvices)),
  /** A blank page out of a feeder: is not handed in unless the citizen keeps it. */
  aside: z.boolean(),
});

/** One material of the chosen service that the answers ask for. */
export const materialViewSchema = z.object({
  materialId: z.string(),
  /** `card`: taken from the ID card. `platform`: the platform checks it. `terminal`: made here from the form. `paper`: to be scanned. */
  means: z.enum(['card', 'platform', 'terminal', 'paper']),
  given: z.enum(['notYet', 'given', 'committed']),
  /** Must be given before going on. */
  required: z.boolean(),
  commitmentPossible: z.boolean(),
  /** Whether the social security card may be put into its reader instead, and whether it was. */
  securityCard: z.enum(['no', 'possible', 'read']),
  pages: z.array(materialPageSchema),
});

/** A running scan. */
export const scanStateSchema = z.object({
  materialId: z.string(),
  state: z.enum(['scanning', 'done', 'failed']),
  pagesSoFar: z.number().int(),
  fault: faultSchema.optional(),
});

/**
 * How the reader of social security cards stands towards the application. `otherPerson`: the card in it is not
 * the applicant's, and nothing of it was taken.
 */
export const securityCardStateSchema = z.object({
  state: z.enum(['none', 'reading', 'failed', 'otherPerson', 'leftBehind']),
  fault: faultSchema.optional(),
});

/**
 * Photographs from the citizen's phone.
 *
 * - `opening`: the platform is asked for a transfer
 * - `waiting`: the code is shown, no phone has come yet
 * - `connected`: a phone sends
 * - `done`: the phone is finished, or no more pages can be taken
 * - `expired`: the code is too old
 * - `failed`: the platform could not be asked
 */
export const phoneStateSchema = z.object({
  materialId: z.string(),
  state: z.enum(['opening', 'waiting', 'connected', 'done', 'expired', 'failed']),
  /** What the QR code says, while it is shown. */
  url: z.string().nullable(),
  pagesSoFar: z.number().int(),
  /** Pictures that came and could not be opened. */
  unreadable: z.number().int(),
});

/**
 * How printing of the receipt stands. `none`: not begun. Never says more than is known. `ticket`: what became
 * of it, where the printer holds receipts out and sees whether they are taken.
 */
export const printStateSchema = z.object({
  state: z.enum(['none', 'printing', 'printed', 'failed', 'unknown']),
  fault: faultSchema.optional(),
  ticket: z.enum(TICKET_FATES).optional(),
});

/** The receipt as the page shows it. */
export const receiptViewSchema = z.object({
  receiptNumber: z.string(),
  /** Text of the QR code: address of the verification page with the signed token. */
  qr: z.string(),
  submittedAt: z.string(),
  serviceId: z.string(),
  /** Null after a restart: what is stored cannot be opened here to look. */
  maskedName: z.string().nullable(),
  /**
   * `waiting`: in the outbox of this terminal, and sent by itself. `received`: durable at the platform, and it said
   * so. `held`: neither; somebody of the staff must see to it.
   */
  delivery: z.enum(['waiting', 'received', 'held']),
  print: printStateSchema,
  /** The paper that came out says that it is sent by itself, and it is held: it may be printed anew. */
  paperOutdated: z.literal(true).optional(),
  /** The summary on A4; null where it cannot be printed. */
  sheet: printStateSchema.nullable(),
});

/**
 * Why the last step could not be done, or what the citizen should know.
 *
 * - `diskFull`, `diskFails`, `backlogFull`, `clockWrong`, `notEnrolled`, `noKeys`: the terminal takes nothing now
 * - `storeFailed`: storing failed; nothing is lost on the page, submit may be touched again
 * - `coreRestarted`: the answers were kept over a restart; papers and signature must be given again
 * - `storedBefore`: the core restarted; what was submitted before is stored
 * - `otherCard`: another card was laid down and was not taken into this session
 * - `proxyCardRead`: the card of the one who acts for the applicant was read, for the first time or anew
 * - `needsLink`: this service cannot be applied for while the link is away
 * - `needsStaff`: this service asks for more certainty of the person than a card gives
 * - `signatureUnclear`: the ink is empty, too small or has too few strokes
 * - `materialsMissing`: a necessary paper is still missing
 * - `pageLimit`: no more pages can be taken
 * - `pageUnreadable`: the scanner sent something that is no picture
 * - `blankAside`: a blank page came out of the feeder and was set aside
 */
export const sessionNotices = [
  'none',
  'diskFull',
  'diskFails',
  'backlogFull',
  'storeFailed',
  'clockWrong',
  'coreRestarted',
  'storedBefore',
  'notEnrolled',
  'noKeys',
  'otherCard',
  'proxyCardRead',
  'needsLink',
  'needsStaff',
  'signatureUnclear',
  'materialsMissing',
  'pageLimit',
  'pageUnreadable',
  'blankAside',
] as const;

/** A notice of the session. */
export type SessionNotice = (typeof sessionNotices)[number];

/** All that the page knows of the running session. */
export const sessionViewSchema = z.object({
  sessionId: z.string(),
  /** Goes up by one at every change; an older view never replaces a newer one. */
  revision: z.number().int(),
  step: z.enum(sessionSteps),
  locale: z.enum(LOCALES as ['zh', 'en']),
  catalogueVersion: z.string(),
  card: cardStateSchema,
  applicant: applicantSchema.nullable(),
  serviceId: z.string().nullable(),
  /** Answers with what the card and computations filled in. */
  answers: answersSchema,
  /** Where prefilled answers come from: field id → `card`, `computed`, `platform`. */
  sources: z.record(z.string(), z.enum(['card', 'computed', 'platform'])),
  /** Fields that the card filled and the citizen says are wrong. */
  disputed: z.array(z.string()),
  fieldErrors: z.array(fieldErrorSchema),
  /** Names of eligibility rules that are not met; the citizen may still read the guide. */
  notEligible: z.array(z.object({ rule: z.enum(['ageMin', 'ageMax']), value: z.number() })),
  materials: z.array(materialViewSchema),
  scan: scanStateSchema.nullable(),
  securityCard: securityCardStateSchema,
  phone: phoneStateSchema.nullable(),
  signature: z.object({ mode: z.enum(['signature', 'witnessedMark']) }).nullable(),
  /** Of the application, from its signature on. Random: by it this page finds again what was stored. */
  submissionId: z.string().nullable(),
  receipt: receiptViewSchema.nullable(),
  /** `warning`: nobody has touched the screen; ends at `endsAt` (ISO 8601) unless extended. */
  idle: z.object({ state: z.enum(['active', 'warning']), endsAt: z.string().nullable() }),
  /** Until the next step. */
  notice: z.enum(sessionNotices),
});

/** The session as the page sees it. */
export type SessionView = z.infer<typeof sessionViewSchema>;
/** A page of a material as the page sees it. */
export type MaterialPageView = z.infer<typeof materialPageSchema>;
/** A material as the page sees it. */
export type MaterialView = z.infer<typeof materialViewSchema>;
/** The receipt as the page sees it. */
export type ReceiptView = z.infer<typeof receiptViewSchema>;
/** The person as the page sees them. */
export type ApplicantView = z.infer<typeof applicantSchema>;
