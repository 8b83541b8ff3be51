import { z } from 'zod';
import { FAULTS } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { DEVICE_DEEDS } from '../../../domain/device/deed.ts';
import { DEVICE_CLASSES } from '../../../domain/device/status.ts';
import { hardwareSchema } from '../../contract/service-view.ts';

/** Requests of the technician's tools about devices. */
export const deviceRequests = {
  list: z.strictObject({}),
  watch: z.strictObject({}),
  test: z.strictObject({
    id: z.string().max(100),
    /** How long a card is waited for. */
    seconds: z.int().min(1).max(600).default(60),
  }),
  /** Dots in rows of whole bytes, the leftmost highest, 1 is black. */
  storeLogo: z
    .strictObject({
      width: z.int().min(8).max(576),
      height: z.int().min(1).max(400),
      dotsBase64: z.base64().max(7_000),
    })
    .refine(
      ({ width, height, dotsBase64 }) =>
        Buffer.from(dotsBase64, 'base64').length === Math.ceil(width / 8) * height,
      { message: 'width and height do not fit the dots' },
    ),
  /** The devices layer in force. */
  export: z.strictObject({}),
  /** The devices of a layer; checked whole where they are saved. */
  import: z.strictObject({ devices: z.record(z.string().max(40), z.unknown()) }),
} as const;

const usbName = {
  vendorId: z.string(),
  productId: z.string(),
  serialNumber: z.string().exactOptional(),
  port: z.string().exactOptional(),
};
const alsoIds = z.array(z.string()).readonly().exactOptional();

const texts = z.object({ zh: z.string(), en: z.string() });

/** What saving a set-up came to: a new version, or what is wrong with it and nothing was changed. */
export const savedSchema = z.union([
  z.object({ version: z.number() }),
  z.object({
    problems: z.array(
      z.object({ file: z.string(), path: z.string(), message: texts, remedy: texts }),
    ),
  }),
]);

/** What storing a logo came to: its name, and the set-up that prints it, or the printer's fault. */
export const logoStoredSchema = z.union([
  z.object({ name: z.string(), saved: savedSchema }),
  z.object({ fault: z.lazy(() => deviceFaultSchema) }),
]);

/** A fault with its words, for people who repair. */
export const deviceFaultSchema = z.object({
  code: z.string(),
  cause: z.string(),
  remedy: z.string(),
  vendorCode: z.string().optional(),
  detail: z.string().optional(),
  message: texts,
});

/** One device of the configuration, as it stands. */
export const deviceLineSchema = z.object({
  id: z.string(),
  class: z.string(),
  /** False: not meant to be on this terminal. */
  configured: z.boolean(),
  /** Where it is connected, as the configuration says: a serial port, host and port, or an address. */
  transport: z
    .union([
      z.object({
        type: z.literal('serial'),
        path: z.string(),
        baud: z.number(),
        usb: z.object(usbName).exactOptional(),
      }),
      z.object({ type: z.literal('tcp'), host: z.string(), port: z.number() }),
      z.object({ type: z.literal('url'), url: z.string() }),
      z.object({ type: z.enum(['usb', 'hid']), ...usbName, alsoIds }),
      z.object({ type: z.literal('usbPrinter'), path: z.string() }),
      z.object({ type: z.literal('pcsc'), reader: z.string() }),
    ])
    .optional(),
  state: z.string(),
  paper: z.string().optional(),
  fault: deviceFaultSchema.optional(),
  /** What the hardware says that it is. */
  hardware: hardwareSchema,
  /** Of a device that is meant to be there. */
  record: z
    .object({
      /** ISO 8601: when it was set up. */
      since: z.string(),
      /** What it did since then. */
      counts: z.partialRecord(z.enum(DEVICE_DEEDS), z.number()),
      lastFault: deviceFaultSchema.extend({ at: z.string() }).optional(),
    })
    .optional(),
  /** ISO 8601, when this was so. */
  at: z.string(),
});

/** What a test tells while it runs. The last one is `ended`. */
export const deviceTestEventSchema = z.discriminatedUnion('type', [
  /** A card is waited for. */
  z.object({ type: z.literal('layCard'), seconds: z.number() }),
  /** A social security card is waited for. */
  z.object({ type: z.literal('insertCard'), seconds: z.number() }),
  z.object({ type: z.literal('reading') }),
  z.object({ type: z.literal('printing') }),
  z.object({ type: z.literal('scanning'), source: z.string() }),
  /** A code is waited for. */
  z.object({ type: z.literal('showCode'), seconds: z.number() }),
  /** One guide light shines now. */
  z.object({ type: z.literal('shining'), place: z.string() }),
  z.object({
    type: z.literal('ended'),
    /** `ask`: the device is done, a person must say whether it came out. */
    result: z.enum(['passed', 'failed', 'ask']),
    fault: deviceFaultSchema.optional(),
    /** Nobody laid down a card: nothing is said of the reader. */
    noCard: z.literal(true).optional(),
    /** Of a card: its kind and a masked name, nothing else leaves the core. */
    card: z.object({ kind: z.string(), maskedName: z.string(), doubts: z.number() }).optional(),
    /** Of a code: how long it is, not what it says. */
    code: z.object({ characters: z.number() }).optional(),
    /** Of a page: its size. The page itself is thrown away. */
    page: z
      .object({ bytes: z.number(), width: z.number().optional(), height: z.number().optional() })
      .optional(),
  }),
]);

/** A device of the configuration. */
export type DeviceLine = z.infer<typeof deviceLineSchema>;
/** What a test tells. */
export type DeviceTestEvent = z.infer<typeof deviceTestEventSchema>;
/** A fault with its words. */
export type DeviceFault = z.infer<typeof deviceFaultSchema>;

/** Ids of the devices that a terminal can have: one of each class. */
export const DEVICE_IDS: readonly string[] = DEVICE_CLASSES;

/** A fault as tools get it. */
export function deviceFault(fault: Fault): DeviceFault {
  const { code, cause, remedy, vendorCode, detail } = fault;
  return {
    code,
    cause,
    remedy,
    ...(vendorCode === undefined ? {} : { vendorCode }),
    ...(detail === undefined ? {} : { detail }),
    message: { ...FAULTS[code].message },
  };
}
