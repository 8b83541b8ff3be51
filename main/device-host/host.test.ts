import { describe, expect, it } from 'vitest';
import { DEFAULT_DEVICES } from '../../kiosk-config/index.ts';
import { HOSTED_CLASSES } from './classes.ts';
import { DeviceHost } from './host.ts';
import type { FromHost } from './protocol.ts';

const devices = {
  ...DEFAULT_DEVICES.devices,
  idCard: { driver: 'sdt', transport: { type: 'tcp', host: '127.0.0.1', port: 9 } },
  codeScanner: { driver: 'keyboard' },
} as const;

describe('a class of devices whose program does not load', () => {
  it('is told as such, with what the system said, and takes no other class with it', async () => {
    const told: FromHost[] = [];
    const host = new DeviceHost((message) => told.push(message), {
      ...HOSTED_CLASSES,
      idCard: () => Promise.reject(new Error('libreader.so.1: cannot open shared object file')),
    });
    await host.handle({ type: 'configure', devices });
    expect(told).toHaveLength(2);
    expect(told).toContainEqual({
      type: 'status',
      device: 'idCard',
      status: {
        state: 'offline',
        fault: expect.objectContaining({
          code: 'device.missingLibrary',
          detail: 'libreader.so.1: cannot open shared object file',
        }) as unknown,
      },
    });
    expect(told).toContainEqual({
      type: 'status',
      device: 'codeScanner',
      status: { state: 'unknown' },
    });
    await host.handle({
      type: 'command',
      device: 'idCard',
      id: 1,
      command: undefined as never,
      deadlineMs: 1_000,
    });
    expect(told.at(-1)).toEqual({
      type: 'refused',
      device: 'idCard',
      id: 1,
      code: 'device.unsupported',
    });
    await host.handle({ type: 'close' });
  });
});
