import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import type { SetupForm, SetupValue } from '../../domain/device/setup-field.ts';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { cameraReportSchema } from './camera.ts';
import { codeViewSchema, type CheckedReceipt } from './code-view.ts';
import {
  enterAnswerSchema,
  enteringSchema,
  serviceViewSchema,
  unlockAnswerSchema,
} from './service-view.ts';
import { sessionSteps, sessionViewSchema } from './session-view.ts';
import { answersSchema, answerValueSchema, terminalViewSchema } from './shapes.ts';

/** Who calls. A page of the shell is `citizen`; the others come with a PIN or over the admin socket. */
export type Role = 'citizen' | 'staff' | 'technician' | 'auditor';

/** Assurance: L0 nobody, L1 phone code, L2 card read, L3 card and person. */
export type Assurance = 'L0' | 'L1' | 'L2' | 'L3';

/** Who may call a procedure, and how sure one must be of the person. Enforced in the core for every call. */
export interface ProcedureMeta {
  readonly roles: readonly Role[];
  readonly assurance: Assurance;
}

/** Keys of the tactile keypad that move about in the page. */
export const keypadKeys = ['up', 'down', 'left', 'right', 'select', 'back', 'help'] as const;

/** A key that moves about in the page. */
export type KeypadKey = (typeof keypadKeys)[number];

/** Errors that any procedure may answer with; `code` is what the page looks at. */
const base = oc.$meta<ProcedureMeta>({ roles: [], assurance: 'L0' }).errors({
  /** Role or assurance is missing. */
  FORBIDDEN: {},
  /** Not possible in this step; the page should draw the current view. */
  WRONG_STEP: { data: z.object({ step: z.enum(sessionSteps).nullable() }) },
  /** A named thing is not there (service, material, page). */
  NOT_FOUND: {},
  /** The device needed is away or busy. */
  DEVICE: {},
});

const citizen = base.meta({ roles: ['citizen'], assurance: 'L0' });
const serviceRoles = base.meta({ roles: ['staff', 'technician'], assurance: 'L0' });
const technicianRole = base.meta({ roles: ['technician'], assurance: 'L0' });
const identified = base.meta({ roles: ['citizen'], assurance: 'L2' });

/**
 * What a page may ask of the core, over WebSocket at `/rpc`. Every procedure that changes the session
 * answers with nothing: the new view comes by `session.watch`, the one source.
 */
export const contract = {
  terminal: {
    /** The terminal's state, now and at every change. */
    watch: citizen.output(eventIterator(terminalViewSchema)),
    /**
     * The whole catalogue of the running session, which keeps the one it began with; without a session
     * the one that a new session would use; null while there is none. `terminal.watch` tells the same version.
     */
    catalogue: citizen.output(z.custom<Catalogue | null>()),
  },
  session: {
    /** The running session, now and at every change; null while there is none. */
    watch: citizen.output(eventIterator(sessionViewSchema.nullable())),
    /** Somebody touched the attract screen. A card laid down begins one by itself. */
    begin: citizen.input(z.object({ locale: z.enum(['zh', 'en']) })),
    setLocale: citizen.input(z.object({ locale: z.enum(['zh', 'en']) })),
    /** Somebody is there (any touch; the page sends it at most every 5 s). Ends a warning too. */
    touch: citizen,
    /** Look around without a card: `identify` → `find`. */
    browse: citizen,
    /** Shows the guide of a service (from `find` or `guide`). */
    openService: citizen.input(z.object({ serviceId: z.string() })),
    /** Begins the application for the opened service: to `form`, or to `identify` when no card was read. */
    apply: citizen,
    /**
     * One step back from the step that was on the screen; from `find` to `goodbye`. Does nothing when the
     * session has gone on meanwhile: who touches twice goes back once.
     */
    back: citizen.input(z.object({ from: z.enum(sessionSteps) })),
    /** Ends the session from anywhere, with everything forgotten. */
    end: citizen,
    /** Merges answers of the open form and validates those fields; errors come in the view. */
    saveAnswers: identified.input(z.object({ answers: answersSchema })),
    /**
     * After the core restarted: asks for the application that was signed before, by the id that only this
     * page was told. Stored: to `receipt`, without a card. `NOT_FOUND`: nothing was stored.
     */
    reclaim: citizen.input(z.object({ submissionId: z.string(), locale: z.enum(['zh', 'en']) })),
    /**
     * Offers the page's copy of the answers after the core restarted. Card fields are not taken from it.
     * When `submissionId` names what was stored before, it leads to `receipt`: nobody applies twice. Who was at
     * the receipt already knows no service, and gives an empty one: `NOT_FOUND` when nothing was stored.
     */
    restoreAnswers: identified.input(
      z.object({
        serviceId: z.string(),
        answers: answersSchema,
        submissionId: z.string().optional(),
      }),
    ),
    /** The citizen says that the card's value is wrong, and states another; without `value` takes it back. */
    dispute: identified.input(z.object({ field: z.string(), value: answerValueSchema.optional() })),
    /** The form is filled: validates all; to `materials` when nothing is wrong. */
    formDone: identified,
    /** All materials are there: to `sign`. */
    materialsDone: identified,
    /** To `review` with ink: a PNG (data URL, at most 400 KB) and how many strokes it has. */
    sign: identified.input(
      z.object({
        mode: z.enum(['signature', 'witnessedMark']),
        pngDataUrl: z
          .string()
          .max(600_000)
          .regex(/^data:image\/png;base64,[A-Za-z0-9+/=]+$/),
        strokes: z.number().int().min(1).max(1000),
        witnessName: z.string().max(60).optional(),
      }),
    ),
    /** Back to a step from the review, to change something. */
    change: identified.input(z.object({ step: z.enum(['form', 'materials', 'sign']) })),
    /** Stores the application durably, then prints. Doing it twice stores it once. */
    submit: identified,
    /** After `receipt`: to `find` with the same card, for another matter. */
    another: identified,
  },
  camera: {
    /** What the page found of the document camera. It says it at every change, and anew on a new connection. */
    report: citizen.input(cameraReportSchema),
  },
  materials: {
    /** Scans pages for a material; progress comes in the view. */
    scan: identified.input(
      z.object({
        materialId: z.string(),
        source: z.enum(['flatbed', 'feeder']),
        /** A page to be scanned again: it goes when the first new one is there, which takes its place. */
        replaces: z.string().optional(),
      }),
    ),
    cancelScan: identified,
    /** Takes photographs from the citizen's phone for a material; a code to scan comes in the view. */
    phone: identified.input(z.object({ materialId: z.string() })),
    /** No more from the phone. */
    phoneStop: identified,
    removePage: identified.input(z.object({ pageId: z.string() })),
    /** Turns a page by a quarter, clockwise; it gets another id. */
    turnPage: identified.input(z.object({ pageId: z.string() })),
    /** The citizen keeps a page as it is, whatever the advice. */
    keepPage: identified.input(z.object({ pageId: z.string() })),
    /** What was read of the social security card is not used after all. */
    dropCard: identified,
    /** A signed commitment stands in for the paper, or no longer does. */
    commit: identified.input(z.object({ materialId: z.string(), committed: z.boolean() })),
  },
  receipt: {
    /** Prints it (again, after failed or unknown). Only who applied comes to that step. */
    print: citizen,
    /** Prints the summary of the application on A4; it is gone once the receipt is left. */
    printSheet: citizen,
    /** Checks a receipt's QR text offline by the key directory; more only when the platform says it. */
    verify: citizen
      .input(z.object({ text: z.string().max(400) }))
      .output(z.custom<CheckedReceipt>()),
  },
  codes: {
    /** What the code is that was held before the scanner last, now and at every change; null when there is none. */
    watch: citizen.output(eventIterator(codeViewSchema.nullable())),
    /** A code came by a scanner that pretends to be a keyboard. `DEVICE` where none is meant to be. */
    typed: citizen.input(z.object({ text: z.string().min(1).max(4_096) })),
    /** Lets a scanner that waits to be told look for one code. `DEVICE` where it looks by itself. */
    look: citizen,
    /** It was read, or nobody wants to show one any more. */
    close: citizen,
  },
  keypad: {
    /** Keys of the tactile keypad, one by one as they are pressed; nothing of before. */
    keys: citizen.output(eventIterator(z.enum(keypadKeys))),
  },
  help: {
    /** Calls the staff; stands in `terminal.watch` until they say that they have come. */
    call: citizen,
  },
  service: {
    /** Staff or a technician come in by PIN: at once, or when the session that runs has ended. */
    enter: citizen
      .input(z.object({ role: z.enum(['staff', 'technician']), pin: z.string().max(12) }))
      .output(enterAnswerSchema),
    /** How it stands with a visitor who was let wait; ends with the wait. */
    entering: citizen.output(eventIterator(enteringSchema)),
    /** A visitor who waits does not want to be let in any more. */
    giveUp: citizen,
    /** Ends the lock of a PIN by the platform's one-time code; the PIN is asked for all the same. */
    unlock: citizen
      .input(z.object({ role: z.enum(['staff', 'technician']), code: z.string().max(12) }))
      .output(unlockAnswerSchema),
    /** The service page, now and at every change; null once it was left. */
    watch: serviceRoles.output(eventIterator(serviceViewSchema.nullable())),
    leave: serviceRoles,
    /** Tests a device; how it goes stands in the view. */
    test: serviceRoles.input(z.object({ device: z.enum(DEVICE_CLASSES) })),
    /** A person saw whether the device did it. */
    confirm: serviceRoles.input(z.object({ device: z.enum(DEVICE_CLASSES), worked: z.boolean() })),
    /** Looks what is plugged in and not set up; what is found stands in the view. */
    detect: technicianRole,
    /** Sets up what was found, by its place in the list; in force at once, as a new version. */
    assign: technicianRole.input(z.object({ index: z.number().int().min(0) })),
    /** A device is not meant to be there any more. */
    remove: technicianRole.input(z.object({ device: z.enum(DEVICE_CLASSES) })),
    /** How each device is set up, for a form. */
    forms: technicianRole.output(z.custom<Readonly<Record<string, SetupForm>>>()),
    /** Sets a device up as it was typed. Not saved: what is wrong stands in the view, by its path. */
    saveDevice: technicianRole
      .input(
        z.object({
          device: z.enum(DEVICE_CLASSES),
          value: z.record(z.string().max(60), z.custom<SetupValue>()),
        }),
      )
      .output(z.object({ saved: z.boolean() })),
    /** What was wrong with the last change has been read. */
    forgetProblems: technicianRole,
    /** Goes back to an earlier version of the devices layer. */
    rollBack: technicianRole.input(z.object({ version: z.number().int() })),
    /** Writes the set-up to the stick that is plugged in; how it came out stands in the view. */
    exportSetup: technicianRole,
    /** Takes the set-up on the stick, made to fit this machine, as a new version; what is wrong with it stands in the view. */
    importSetup: technicianRole,
    /** Whoever called for help has been seen to. */
    clearHelp: serviceRoles,
    /** Prints a receipt again, from what the index holds. */
    reprint: serviceRoles.input(z.object({ receiptNumber: z.string().max(40) })),
    /** The printed paper is void; the application is not touched. */
    cancelReceipt: serviceRoles.input(z.object({ receiptNumber: z.string().max(40) })),
    /** The machine's clock shows this time, and that is right; see `outbox/confirm-clock.ts`. */
    confirmClock: technicianRole.input(z.object({ now: z.iso.datetime() })),
    /** Prints how many applications there were today, and where they are. */
    printSheet: serviceRoles,
  },
  technician: {
    /** Device details with vendor codes; not for the citizen's page. */
    devices: base
      .meta({ roles: ['technician'], assurance: 'L0' })
      .output(z.record(z.string(), z.custom<unknown>())),
  },
};

/** The contract's type, for clients. */
export type Contract = typeof contract;
