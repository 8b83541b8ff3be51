import { afterEach, describe, expect, it } from 'vitest';
import {
  RelaySimulator,
  type RelaySimulatorOptions,
} from '../../drivers/terminal-parts/simulator/relay-simulator.ts';
import { demoDevices } from '../../kiosk-config/index.ts';
import { createNodeProcesses } from '../../main/core/adapters/node-processes.ts';
import { systemClock } from '../../main/core/adapters/system-clock.ts';
import type { Devices } from '../../main/core/devices/contract.ts';
import { openDevices } from '../../main/core/devices/devices.ts';
import { TRIALS } from '../../main/core/devices/trial/trials.ts';
import type { TrialEnd } from '../../main/core/devices/trial/contract.ts';

const DEVICE_HOST = new URL('../../main/device-host/main.ts', import.meta.url).pathname;

let simulator: RelaySimulator;
let devices: Devices;
afterEach(async () => {
  await devices.close();
  await simulator.close();
});

async function attach(relays: RelaySimulatorOptions): Promise<void> {
  simulator = new RelaySimulator(relays);
  const config = demoDevices({
    terminalPartsPort: await simulator.listen(0),
    relaysAnswer: relays.answers === true,
  });
  devices = openDevices({
    processes: createNodeProcesses(),
    clock: systemClock,
    devices: config.devices,
    entry: DEVICE_HOST,
  });
}

/** Tries the lamps; at the end of each one's turn it is noted what shines by the word of the simulator. */
async function tried(): Promise<{ readonly end: TrialEnd; readonly shone: readonly string[] }> {
  const shone: string[] = [];
  let shining = false;
  const lit = () =>
    Object.entries(simulator.state()['relays'] as Readonly<Record<string, boolean>>)
      .filter(([, on]) => on)
      .map(([name]) => name)
      .join();
  const clock = {
    ...systemClock,
    after: (ms: number, callback: () => void) =>
      systemClock.after(shining ? Math.min(ms, 300) : ms, () => {
        if (shining) shone.push(lit());
        callback();
      }),
  };
  const parts = { clock, devices, terminalId: () => '', seconds: 1 };
  const end = await TRIALS.terminalParts(parts, new AbortController().signal, () => {
    shining = true;
  });
  return { end, shone };
}

describe('the trial of lamps on a relay board, through the device host', () => {
  it('lets every lamp shine, of a board that never answers too, and a person says whether they did', async () => {
    for (const answers of [true, false]) {
      await attach({ answers });
      const { end, shone } = await tried();
      expect(end).toEqual({ result: 'ask' });
      expect(shone).toEqual(['CH1', 'CH2', 'CH3', 'CH4']);
      expect(devices.terminalParts.status).toEqual({ state: answers ? 'online' : 'unknown' });
      if (answers) {
        await devices.close();
        await simulator.close();
      }
    }
  });

  it('fails where a board should answer and does not', async () => {
    await attach({ answers: true });
    expect(simulator.command({ do: 'setMute', mute: true })).toMatchObject({ ok: true });
    const { end, shone } = await tried();
    expect(end).toMatchObject({ result: 'failed', fault: { code: 'device.timeout' } });
    expect(shone).toEqual([]);
  });
});
