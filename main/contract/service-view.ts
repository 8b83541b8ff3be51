import { z } from 'zod';
import type { SetupValue } from '../../domain/device/setup-field.ts';
import { DEVICE_DEEDS } from '../../domain/device/deed.ts';
import { TICKET_FATES } from '../../domain/receipt/ticket.ts';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { deviceViewSchema, faultSchema, terminalProblems } from './shapes.ts';

/**
 * How a test of a device stands.
 *
 * - `none`: not tested in this visit
 * - `running`: the device works; the card reader waits for a card
 * - `ask`: the device says that it did it; a person says whether that is so
 * - `passed`, `failed`: ended
 */
export const deviceTestSchema = z.object({
  state: z.enum(['none', 'running', 'ask', 'passed', 'failed']),
  fault: faultSchema.optional(),
  /** Of the card that was read for the test. */
  maskedName: z.string().optional(),
  /** Of the page that was scanned for the test. */
  bytes: z.number().int().optional(),
  /** Of the code that was read for the test. */
  characters: z.number().int().optional(),
});

/** What a device says that it is; see `drivers/hardware.ts`. */
export const hardwareSchema = z.object({
  maker: z.string().exactOptional(),
  model: z.string().exactOptional(),
  firmware: z.string().exactOptional(),
  serialNumber: z.string().exactOptional(),
  samId: z.string().exactOptional(),
});

/** What is remembered of a device over restarts: counts of what it did, its last fault. */
export const deviceRecordSchema = z.object({
  /** ISO 8601: when this device was set up. */
  since: z.string(),
  counts: z.partialRecord(z.enum(DEVICE_DEEDS), z.number().int()),
  /** What it means and what to do stands in the fault catalogue. */
  lastFault: z
    .object({ code: faultSchema.shape.code, at: z.string(), vendorCode: z.string().nullable() })
    .nullable(),
});

/** A device as the service page shows it. */
export const serviceDeviceSchema = z.object({
  device: z.enum(DEVICE_CLASSES),
  status: deviceViewSchema,
  /** It is meant to be there. */
  configured: z.boolean(),
  /** The maker's own code, when there is one. For a technician only. */
  vendorCode: z.string().nullable(),
  /**
   * Where it is connected: `127.0.0.1:9100`, `/dev/ttyUSB0 115200`, `http://…`; null when it is not meant to be there.
   * For a technician only.
   */
  connection: z.string().nullable(),
  test: deviceTestSchema,
  /** The last test that ended, kept over restarts. */
  lastTest: z.object({ at: z.string(), result: z.enum(['passed', 'failed']) }).nullable(),
  /** For a technician only. */
  hardware: hardwareSchema,
  /** Null when it is not meant to be there. For a technician only. */
  record: deviceRecordSchema.nullable(),
});

/** An item as staff may see it: nothing of a person. */
export const serviceItemSchema = z.object({
  receiptNumber: z.string(),
  serviceId: z.string(),
  createdAt: z.string(),
  state: z.string(),
  caseState: z.string().nullable(),
  /** ISO 8601: staff has said that the paper is void. The application is not. */
  cancelledAt: z.string().nullable(),
  /** ISO 8601: when staff last had it printed again. */
  reprintedAt: z.string().nullable(),
  /** What became of its receipt since the core started, where the printer sees that. */
  ticket: z.enum(TICKET_FATES).nullable(),
});

/** How a print that staff asked for stands. */
export const printViewSchema = z.object({
  state: z.enum(['printing', 'printed', 'failed', 'unknown']),
  fault: faultSchema.optional(),
});

/** How a print that staff asked for stands. */
export type PrintView = z.infer<typeof printViewSchema>;

/** The items of one day at the hall, counted. Nothing of a person. */
export const daySheetSchema = z.object({
  /** `YYYY-MM-DD` */
  day: z.string(),
  rows: z.array(
    z.object({
      serviceId: z.string(),
      /** Not at the platform yet. */
      waiting: z.number().int(),
      received: z.number().int(),
      /** A person must look. */
      held: z.number().int(),
    }),
  ),
});

/** The items of one day, counted. */
export type DaySheet = z.infer<typeof daySheetSchema>;

const textsSchema = z.object({ zh: z.string(), en: z.string() });

/** Setting devices up: the version of the devices layer, what was found, what is wrong with it. */
export const setupViewSchema = z.object({
  version: z.number().int(),
  /** Newest first; `at` is when it was replaced. */
  earlier: z.array(z.object({ version: z.number().int(), at: z.string() })),
  detection: z.object({
    state: z.enum(['none', 'running', 'done', 'failed']),
    found: z.array(
      z.object({
        device: z.enum([...DEVICE_CLASSES, 'unknown']),
        protocol: z.string(),
        connection: z.string(),
        model: z.string().nullable(),
        confidence: z.enum(['certain', 'likely', 'possible']),
        evidence: textsSchema,
        /** This terminal can work with it. */
        usable: z.boolean(),
      }),
    ),
  }),
  /** Why the last change was refused. */
  problems: z.array(z.object({ path: z.string(), message: textsSchema, remedy: textsSchema })),
  saving: z.boolean(),
  /** How carrying the set-up by a stick came out last; null when nobody has. */
  carried: z
    .object({
      outcome: z.enum(['written', 'read', 'noStick', 'severalSticks', 'cannotWrite', 'noFile']),
      /** What belonged to the other machine, and what was done about it. */
      notes: z.array(z.object({ device: z.enum(DEVICE_CLASSES), text: textsSchema })),
    })
    .nullable(),
  /** Each device as it is set up now, null when it is not meant to be there. */
  devices: z.record(z.string(), z.custom<SetupValue>()),
});

/** Setting devices up as it is drawn. */
export type SetupView = z.infer<typeof setupViewSchema>;

/** All that the service page shows. */
export const serviceViewSchema = z.object({
  role: z.enum(['staff', 'technician']),
  /** ISO 8601; the page is left by itself then unless somebody touches it. */
  endsAt: z.string(),
  devices: z.array(serviceDeviceSchema),
  /** For a technician only. */
  setup: setupViewSchema.nullable(),
  hostRestarts: z.number().int(),
  problems: z.array(z.enum(terminalProblems)),
  waiting: z.number().int(),
  /**
   * Fifty at the most, newest first: what needs a person; today's by the clock of the hall, and whatever still waits;
   * what came in earlier.
   */
  items: z.array(serviceItemSchema),
  reprint: printViewSchema.extend({ receiptNumber: z.string() }).nullable(),
  today: daySheetSchema,
  sheetPrint: printViewSchema.nullable(),
  /**
   * The clock is doubted only because something was stored under a later time: a technician who sees that it shows the
   * right one may say so. `now` (ISO 8601) is what it shows. Null: there is nothing to say, or for staff.
   */
  clock: z.object({ now: z.string() }).nullable(),
});

/** The service page as it is drawn. */
export type ServiceView = z.infer<typeof serviceViewSchema>;
/** A device of the service page as it is drawn. */
export type ServiceDeviceView = z.infer<typeof serviceDeviceSchema>;

/**
 * What came of asking to be let in. `waiting`: a citizen is served; the page opens when that session has ended, if it
 * has by `until`. `busy`: somebody else is in, or waits to be.
 */
export const enterAnswerSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('right') }),
  z.object({ is: z.literal('wrong'), left: z.number().int() }),
  /** `challenge`: what the platform's unlock code is asked for with; null where no code would help. */
  z.object({ is: z.literal('locked'), until: z.string(), challenge: z.string().nullable() }),
  z.object({ is: z.literal('notSet') }),
  z.object({ is: z.literal('waiting'), until: z.string() }),
  z.object({ is: z.literal('busy') }),
]);

/** How it stands with somebody who was let wait. `out`: the wait is over, and nobody was let in. */
export const enteringSchema = z.enum(['waiting', 'in', 'out']);

/** How it stands with somebody who was let wait. */
export type Entering = z.infer<typeof enteringSchema>;

/** What came of asking to be let in. */
export type EnterAnswer = z.infer<typeof enterAnswerSchema>;

/** What came of an unlock code. `tooSoon`: after a wrong one it takes a few seconds. */
export const unlockAnswerSchema = z.discriminatedUnion('is', [
  z.object({ is: z.literal('unlocked') }),
  z.object({ is: z.literal('wrong') }),
  z.object({ is: z.literal('tooSoon'), seconds: z.number().int() }),
]);

/** What came of an unlock code. */
export type UnlockAnswer = z.infer<typeof unlockAnswerSchema>;
