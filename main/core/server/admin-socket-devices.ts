import { z } from 'zod';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import { DEVICE_CLASSES, type DeviceClass } from '../../../domain/device/status.ts';
import type { ConfigResult, DevicesConfig } from '../../../kiosk-config/index.ts';
import type { CoreDevice, Devices } from '../devices/contract.ts';
import type { DeviceRecord, DeviceRecords } from '../devices/device-records.ts';
import { placeOf } from '../devices/place.ts';
import { settled } from '../devices/trial/settled.ts';
import type { Clock } from '../ports.ts';
import { AdminRefusal, type AdminCommands, type AdminRequest } from './admin-socket-answers.ts';
import { Channel } from './admin-socket-channel.ts';
import { testDevice } from './admin-socket-device-test.ts';
import {
  DEVICE_IDS,
  deviceFault,
  deviceRequests,
  type logoStoredSchema,
  type savedSchema,
  type DeviceLine,
  type DeviceTestEvent,
} from './admin-socket-shapes.ts';

/** What the commands about devices work on. */
export interface DeviceCommandsParts {
  readonly clock: Clock;
  readonly devices: Devices;
  /** As it is set up now; a technician may change it meanwhile. */
  readonly configured: () => DevicesConfig['devices'];
  readonly records: Pick<DeviceRecords, 'of'>;
  /** The layer in force. */
  readonly layer: () => DevicesConfig;
  /** Makes these devices the layer in force; undefined while another change is being saved. */
  readonly save: (
    devices: unknown,
    why: string,
  ) => Promise<ConfigResult<DevicesConfig> | undefined>;
  /** For the test slip; empty while it has none. */
  readonly terminalId: () => string;
  /** Keeps citizens' sessions from beginning; says false while one runs. */
  readonly hold: (on: boolean) => boolean;
}

/** Writing to lasting memory takes its time. */
const STORING_MS = 30_000;

/**
 * The technician's commands about devices, each of which checks all that it is given:
 * `devices.list` gives every device of the configuration; `devices.watch` gives them, and then each change
 * of state; `devices.test` `{id, seconds?}` tests one, refused as `unknownDevice` (with the ids there are),
 * `notConfigured`, `inUse` (a citizen is there) or `testRunning`; `devices.storeLogo` puts a picture into the
 * memory of the receipt printer, has it printed from then on, and gives its name or the printer's fault;
 * `devices.export` gives the layer in force; `devices.import` `{devices}` makes these the devices in a new
 * version of it, or gives what is wrong with them; refused as `inUse`, or `saving` while somebody else does.
 */
export function deviceCommands(parts: DeviceCommandsParts): AdminCommands {
  let testing: DeviceClass | undefined;
  const lines = (): readonly DeviceLine[] => DEVICE_CLASSES.map((id) => lineOf(id, parts));

  async function* test(
    id: DeviceClass,
    seconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<DeviceTestEvent | AdminRefusal, void> {
    if (testing !== undefined) {
      yield new AdminRefusal('testRunning', { id: testing });
      return;
    }
    // a test must meet no citizen, nor a citizen's card
    if (!parts.hold(true)) {
      yield new AdminRefusal('inUse');
      return;
    }
    testing = id;
    const stop = new AbortController();
    try {
      yield* testDevice(id, { ...parts, seconds }, AbortSignal.any([signal, stop.signal]));
    } finally {
      stop.abort();
      testing = undefined;
      parts.hold(false);
    }
  }

  return {
    'devices.list': (request) => checked(deviceRequests.list, request) ?? lines(),
    'devices.watch': (request, signal) =>
      checked(deviceRequests.watch, request) ?? watch(parts, signal),
    'devices.test': (request, signal) => {
      const asked = deviceRequests.test.safeParse(request);
      if (!asked.success) return badRequest(asked.error);
      const id = DEVICE_CLASSES.find((one) => one === asked.data.id);
      if (id === undefined) return new AdminRefusal('unknownDevice', { known: DEVICE_IDS });
      if (parts.configured()[id] === null) return new AdminRefusal('notConfigured', { id });
      return test(id, asked.data.seconds, signal);
    },
    'devices.storeLogo': (request, signal) => {
      const asked = deviceRequests.storeLogo.safeParse(request);
      if (!asked.success) return badRequest(asked.error);
      if (parts.configured().receiptPrinter === null) {
        return new AdminRefusal('notConfigured', { id: 'receiptPrinter' });
      }
      return storeLogo(parts, asked.data, signal);
    },
    'devices.export': (request) =>
      checked(deviceRequests.export, request) ?? { layer: parts.layer() },
    'devices.import': async (request) => {
      const asked = deviceRequests.import.safeParse(request);
      if (!asked.success) return badRequest(asked.error);
      // a citizen's receipt would be lost with the device host
      if (!parts.hold(true)) return new AdminRefusal('inUse');
      try {
        return await save(parts, asked.data.devices, 'import');
      } finally {
        parts.hold(false);
      }
    },
  };
}

async function save(
  parts: DeviceCommandsParts,
  devices: unknown,
  why: string,
): Promise<AdminRefusal | z.infer<typeof savedSchema>> {
  const saved = await parts.save(devices, why);
  if (saved === undefined) return new AdminRefusal('saving');
  if (saved.ok) return { version: saved.value.version };
  return {
    problems: saved.error.map(({ file, path, message, remedy }) => ({
      ...{ file, path, message: { ...message }, remedy: { ...remedy } },
    })),
  };
}

async function storeLogo(
  parts: DeviceCommandsParts,
  asked: z.infer<typeof deviceRequests.storeLogo>,
  signal: AbortSignal,
): Promise<AdminRefusal | z.infer<typeof logoStoredSchema>> {
  const { clock, devices, hold, configured } = parts;
  // the printer is busy with it, and a citizen's receipt would wait
  if (!hold(true)) return new AdminRefusal('inUse');
  try {
    const { width, height, dotsBase64 } = asked;
    const data = Uint8Array.from(Buffer.from(dotsBase64, 'base64'));
    const picture = { width, height, rowBytes: Math.ceil(width / 8), data };
    await settled(devices.receiptPrinter, clock, signal);
    const stored = await devices.receiptPrinter.storeLogo(picture, {
      deadlineMs: STORING_MS,
      signal,
    });
    if (!stored.ok) return { fault: deviceFault(stored.error) };
    const { receiptPrinter, ...others } = configured();
    const printer = { ...receiptPrinter, logo: stored.value, printLogo: true };
    const saved = await save(parts, { ...others, receiptPrinter: printer }, 'logo');
    return saved instanceof AdminRefusal ? saved : { name: stored.value, saved };
  } finally {
    hold(false);
  }
}

function badRequest(error: z.ZodError): AdminRefusal {
  return new AdminRefusal('badRequest', { why: z.prettifyError(error) });
}

function checked(schema: z.ZodType, request: AdminRequest): AdminRefusal | undefined {
  const asked = schema.safeParse(request);
  return asked.success ? undefined : badRequest(asked.error);
}

function watch(parts: DeviceCommandsParts, signal: AbortSignal): AsyncIterable<DeviceLine> {
  const told = new Channel<DeviceLine>(signal);
  for (const id of DEVICE_CLASSES) {
    const tell = (): void => told.push(lineOf(id, parts));
    tell();
    const device: CoreDevice = parts.devices[id];
    const stop = device.onStatus(tell);
    signal.addEventListener('abort', stop, { once: true });
  }
  return told;
}

function lineOf(
  id: DeviceClass,
  { clock, devices, configured, records }: DeviceCommandsParts,
): DeviceLine {
  const { state, paper, fault: standing } = devices[id].status;
  const record = records.of(id);
  const transport = placeOf(configured()[id]);
  return {
    id,
    class: id,
    configured: configured()[id] !== null,
    ...(transport === undefined ? {} : { transport }),
    state,
    ...(paper === undefined ? {} : { paper }),
    ...(standing === undefined ? {} : { fault: deviceFault(standing) }),
    hardware: { ...devices[id].hardware },
    ...(record === undefined ? {} : { record: recordOf(record) }),
    at: new Date(clock.wall()).toISOString(),
  };
}

function recordOf({ since, counts, lastFault }: DeviceRecord): DeviceLine['record'] {
  if (lastFault === null) return { since, counts: { ...counts } };
  const { code, at, vendorCode } = lastFault;
  const extra = vendorCode === null ? {} : { vendorCode };
  return { since, counts: { ...counts }, lastFault: { ...deviceFault(fault(code, extra)), at } };
}
