import { join } from 'node:path';
import type { CodeDesk } from './codes/code-desk.ts';
import type { Devices } from './devices/contract.ts';
import type { DeviceRecords } from './devices/device-records.ts';
import type { DevicesLayer } from './devices/devices-layer.ts';
import type { DurableCore } from './durable.ts';
import type { Logger } from './log/logger.ts';
import { ownBytes } from './own-bytes.ts';
import { keypadStream } from './parts/keypad-stream.ts';
import type { PartsDesk } from './parts/parts-desk.ts';
import type { Ports } from './ports.ts';
import { PageAccess } from './server/access.ts';
import { deviceCommands } from './server/admin-socket-devices.ts';
import { outboxCommands } from './server/admin-socket-outbox.ts';
import { openAdminSocket } from './server/admin-socket.ts';
import { startServer } from './server/server.ts';
import type { HelpCalls } from './service/help-calls.ts';
import type { ServiceDesk } from './service/service-desk.ts';
import type { SessionService } from './session/session.ts';
import type { TerminalState } from './terminal-state.ts';

/** What comes in by the doors is done by these. */
export interface DoorsParts {
  readonly ports: Ports;
  readonly environment: 'production' | 'demo';
  /** Port of the page on 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  readonly pageRoot: string;
  readonly log: Logger;
  readonly durable: DurableCore;
  readonly devices: Devices;
  readonly session: SessionService;
  readonly service: ServiceDesk;
  readonly codes: CodeDesk;
  readonly help: HelpCalls;
  readonly around: PartsDesk;
  readonly terminal: TerminalState;
  readonly layer: DevicesLayer;
  readonly records: DeviceRecords;
  /** Everything about the devices, for the technician's tools. */
  readonly details: () => Readonly<Record<string, unknown>>;
}

/** The ways into a core: the page's server, and the socket of the technician's tools. */
export interface Doors {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** A fresh entry address; works once. */
  entryAddress(): string;
  close(): Promise<void>;
}

/** Longest path of a Unix socket on Linux. */
const MAX_SOCKET_PATH = 107;

type Health = () => Readonly<Record<string, unknown>>;

/** The socket where there can be one; a function that closes it. */
async function openSocket(
  parts: DoorsParts,
  health: Health,
  entryAddress: () => string,
): Promise<() => Promise<void>> {
  const { ports, log, durable, devices, layer, records, service, session } = parts;
  const socket = join(ports.roots.data, 'admin.sock');
  if (process.platform === 'win32' || Buffer.byteLength(socket) > MAX_SOCKET_PATH) {
    log.warn('no admin socket here', { reason: 'path too long or not supported' });
    return () => Promise.resolve();
  }
  return openAdminSocket(socket, {
    status: health,
    devices: parts.details,
    newToken: () => ({ page: entryAddress() }),
    ...outboxCommands(durable),
    ...deviceCommands({
      clock: ports.clock,
      devices,
      configured: () => layer.current.devices,
      records,
      layer: () => layer.current,
      save: (wanted, why) => service.setup.apply(wanted, why),
      terminalId: () => durable.enrolment.current()?.terminalId ?? '',
      hold: (on) => session.hold('admin socket', on),
    }),
  });
}

/** Opens them. Rejects when the port is taken or the socket cannot be made; nothing is left open then. */
export async function openDoors(parts: DoorsParts): Promise<Doors> {
  const { ports, log, durable, devices, session, service, terminal } = parts;
  const access = new PageAccess(ports.randomness, await ownBytes(ports, 'page-cookie-key'));
  const health: Health = () => {
    const { hall: _hall, ...view } = terminal.view.value;
    const step = session.view.value?.step ?? null;
    // the shell switches no camera on for anybody who is not at the papers, nor trying the devices
    const cameraWanted =
      (step === 'materials' && session.assurance === 'L2') || service.view.value !== null;
    return { status: 'serving', ...view, session: step, cameraWanted };
  };
  const server = await startServer({
    port: parts.port,
    pageRoot: parts.pageRoot,
    environment: parts.environment,
    access,
    health,
    log,
    services: {
      session,
      service,
      camera: devices.documentCamera,
      codes: parts.codes,
      help: parts.help,
      keypad: (signal) => keypadStream(parts.around, signal),
      terminal: terminal.view,
      catalogue: () => terminal.catalogue(),
      verifyReceipt: (text) => durable.verifyReceipt(text),
      deviceDetails: parts.details,
      log,
    },
  });
  const entryAddress = (): string => `${server.origin}/enter?token=${access.newToken()}`;
  let closeSocket: () => Promise<void>;
  try {
    closeSocket = await openSocket(parts, health, entryAddress);
  } catch (error) {
    await server.close();
    throw error;
  }
  return {
    origin: server.origin,
    entryAddress,
    async close() {
      await closeSocket();
      await server.close();
    },
  };
}
