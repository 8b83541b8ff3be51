import { z } from 'zod';
import { WEDGE_PREFIXES } from '../../domain/codes/prefixed-wedge.ts';
import { FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { AnswerValue, FieldErrorCode } from '../../domain/catalogue/form.ts';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { cameraSettingsSchema } from './camera.ts';

/** A fault as the page gets it: its code; words come from the fault catalogue. */
export const faultSchema = z.object({
  code: z.enum(Object.keys(FAULTS) as [FaultCode, ...FaultCode[]]),
  cause: z.enum(['hardware', 'software', 'user', 'supply', 'configuration']),
  remedy: z.enum(['reset', 'clear', 'replenish', 'maintenance', 'call']),
});

/** One answer of a form. Bounded, for the page is not trusted. */
export const answerValueSchema: z.ZodType<AnswerValue> = z.union([
  z.string().max(2000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(50),
  z.record(z.string().max(40), z.string().max(400)),
]);

/** Answers by field id. */
export const answersSchema = z.record(z.string().max(60), answerValueSchema);

const fieldErrorCodes = [
  'required',
  'tooLong',
  'tooShort',
  'pattern',
  'checksum',
  'notADate',
  'dateTooEarly',
  'dateTooLate',
  'notAnOption',
  'mustAgree',
  'sameAsOther',
  'differsFromOther',
  'unknownField',
  'wrongType',
  'charset',
] as const satisfies readonly FieldErrorCode[];

/** What is wrong with one answer. */
export const fieldErrorSchema = z.object({
  field: z.string(),
  code: z.enum(fieldErrorCodes),
  limit: z.union([z.string(), z.number()]).optional(),
});

/** A device as the page sees it. */
export const deviceViewSchema = z.object({
  state: z.enum([
    'starting',
    'online',
    'offline',
    'powerOff',
    'noDevice',
    'hardwareError',
    'userError',
    'deviceBusy',
    'unknown',
  ]),
  paper: z.enum(['full', 'low', 'out', 'jammed', 'unknown']).optional(),
  fault: faultSchema.optional(),
});

/** Everything that staff or a technician should see to; none of it keeps the terminal from serving. */
export const terminalProblems = [
  'devicesUnreadable',
  'simulatorsUnreachable',
  'workNotOnTmpfs',
  'memoryMayLeak',
  'platformCaEndsSoon',
  'platformCaEnded',
  'platformNotTrusted',
  'enrolmentRefused',
  'terminalRevoked',
  'bundleRefused',
  'bundleNotHad',
  'policyWordsUnknown',
  'clockWrong',
  'clockOff',
  'diskFull',
  'backlogFull',
  'diskSlow',
  'diskFails',
  'lockLost',
  'itemHeld',
  'itemWaitsLong',
  'indexRebuilt',
  'filesSetAside',
  'indexNotCopied',
  'auditChainBroken',
  'sqliteOld',
  'keyOnlyRootProtected',
  'printQueueKeepsFiles',
  'printQueueUnchecked',
  'cabinetOpen',
  'mainsLost',
  'batteryLow',
] as const;

/** A problem of the terminal. */
export type TerminalProblem = (typeof terminalProblems)[number];

/** What the page knows of the terminal at one moment. */
export const terminalViewSchema = z.object({
  terminalId: z.string(),
  hall: z.object({ zh: z.string(), en: z.string() }),
  softwareVersion: z.string(),
  environment: z.enum(['production', 'demo']),
  /** Link to the platform by the last exchange; `unknown` before the first. */
  link: z.enum(['online', 'offline', 'unknown']),
  devices: z.record(z.enum(DEVICE_CLASSES), deviceViewSchema),
  /** How the page finds the document camera; null when it is not meant to be there. */
  camera: cameraSettingsSchema.nullable(),
  catalogue: z.object({ version: z.string(), publishedAt: z.string() }).nullable(),
  /** Whether new applications are taken; if not, why. */
  taking: z.enum([
    'yes',
    'notEnrolled',
    'noCatalogue',
    'noKeys',
    'backlogFull',
    'diskFull',
    'diskFails',
    'clockWrong',
    'batteryLow',
  ]),
  /** Items not yet received by the platform. */
  waitingItems: z.number().int(),
  /** The code scanner pretends to be a keyboard: the page listens for it. */
  keyboardScanner: z.boolean(),
  /** The key that it strikes before each code; null: it is told by its pace alone, where no field has the focus. */
  keyboardPrefix: z.enum(WEDGE_PREFIXES).nullable(),
  /** The code scanner waits to be told: the page tells it when somebody wants to show a code. */
  waitingScanner: z.boolean(),
  /** Since when staff is called by somebody at this terminal, ISO 8601; null while nobody calls. */
  helpCalledSince: z.string().nullable(),
  /** Codes of what a technician should see to; details only over the admin socket. */
  problems: z.array(z.enum(terminalProblems)),
  serverTime: z.string(),
});

/** The terminal as the page sees it. */
export type TerminalView = z.infer<typeof terminalViewSchema>;
/** A device as the page sees it. */
export type DeviceView = z.infer<typeof deviceViewSchema>;
/** A fault as the page sees it. */
export type FaultView = z.infer<typeof faultSchema>;
