import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  checkProduction,
  DEFAULT_DEVICES,
  loadConfig,
  loadStart,
  type ConfigResult,
  type DevicesConfig,
} from '../../kiosk-config/index.ts';
import { createNodeProcesses } from '../../main/core/adapters/node-processes.ts';
import { systemClock } from '../../main/core/adapters/system-clock.ts';
import { DeviceRecords } from '../../main/core/devices/device-records.ts';
import { DevicesLayer, type DevicesLayerOptions } from '../../main/core/devices/devices-layer.ts';
import { openDevices } from '../../main/core/devices/devices.ts';
import { lockData } from '../../main/core/storage/data-lock.ts';
import { answersTo } from '../../main/core/server/admin-socket-answers.ts';
import { deviceCommands } from '../../main/core/server/admin-socket-devices.ts';
import type { DeviceDesk } from './core-link.ts';

const DEVICE_HOST = fileURLToPath(new URL('../../main/device-host/main.ts', import.meta.url));

/** Where a terminal's data lies and how its devices are set up. */
export interface TerminalFiles {
  readonly dataDir: string;
  /** The technician's layer; need not be there. */
  readonly devicesFile: string;
  /** What the environment refuses of a changed layer. */
  readonly check: DevicesLayerOptions['check'];
}

/** Finds the files of a terminal, by the command line and the start configuration. Never rejects. */
export async function terminalFiles(
  dataDir: string | undefined,
  config: string | undefined,
): Promise<ConfigResult<TerminalFiles>> {
  const start = await loadStart(dataDir === undefined ? {} : { dataDir }, config);
  if (!start.ok) return start;
  const { value } = start;
  const devicesFile = value.devicesFile ?? join(value.dataDir, 'devices.json');
  const check: TerminalFiles['check'] = (devices) =>
    value.environment === 'production' ? checkProduction({ start: value, devices }) : [];
  return { ok: true, value: { dataDir: value.dataDir, devicesFile, check } };
}

/** The devices layer as it lies there; the empty one when there is none. Never rejects. */
export async function readDevicesLayer(file: string): Promise<ConfigResult<DevicesConfig>> {
  return existsSync(file) ? loadConfig('devices', file) : { ok: true, value: DEFAULT_DEVICES };
}

/**
 * Answers as a core would, with the devices in this process's own device host; where they are not `opened`,
 * only the layer is there. To be closed.
 */
export async function ownDesk(
  current: DevicesConfig,
  files: TerminalFiles,
  { opened }: { readonly opened: boolean },
): Promise<DeviceDesk> {
  const { dataDir, devicesFile, check } = files;
  const layer = await DevicesLayer.open({ file: devicesFile, current, check });
  const configured = opened ? current.devices : DEFAULT_DEVICES.devices;
  const devices = openDevices({
    processes: createNodeProcesses(),
    clock: systemClock,
    devices: configured,
    entry: DEVICE_HOST,
  });
  const commands = deviceCommands({
    clock: systemClock,
    devices,
    configured: () => configured,
    // what the terminal remembers of them; what is done here is not counted
    records: new DeviceRecords({
      path: join(dataDir, 'device-records.json'),
      clock: systemClock,
      simulated: false,
      log: () => undefined,
    }),
    terminalId: () => '',
    layer: () => layer.current,
    save: async (wanted) => {
      // a core that starts meanwhile would not know of it
      const lock = lockData(dataDir, 0);
      try {
        return await layer.save(
          wanted as DevicesConfig['devices'],
          new Date(systemClock.wall()).toISOString(),
        );
      } finally {
        lock.release();
      }
    },
    // no core, no citizen
    hold: () => true,
  });
  return {
    holder: 'self',
    ask: (request, signal) => answersTo(JSON.stringify(request), commands, signal),
    close: () => devices.close(),
  };
}
