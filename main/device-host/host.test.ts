import { describe, expect, it } from 'vitest';
import type { DocumentPrintRequest } from '../../drivers/document-printer/contract.ts';
import { DEFAULT_DEVICES } from '../../kiosk-config/index.ts';
import { HOSTED_CLASSES } from './classes.ts';
import { DeviceHost } from './host.ts';
import type { Hosted } from './hosted-class.ts';
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

describe('a command that comes while the drivers are still loaded', () => {
  const request = (): DocumentPrintRequest => ({
    bytes: new Uint8Array(8).fill(7),
    mediaType: 'application/pdf',
    copies: 1,
    sides: 'one-sided',
  });
  const print = { type: 'command', device: 'documentPrinter', id: 1 } as const;

  /** A host whose A4 printer is loaded when the test says so. */
  function loading() {
    const told: FromHost[] = [];
    const calls: string[] = [];
    const hosted: Hosted<'documentPrinter'> = {
      driver: {
        status: { state: 'starting' },
        onStatus: () => () => undefined,
        open: () => {
          calls.push('open');
          // looking for a device that is away takes long; no command waits for that here
          return new Promise(() => undefined);
        },
        close: () => Promise.resolve(),
      },
      run: ({ bytes }, _progress, { signal }) => {
        calls.push(`run ${String(bytes[0])} ${signal.aborted ? 'aborted' : 'wanted'}`);
        return Promise.resolve({ outcome: 'printed' });
      },
    };
    const loaded = Promise.withResolvers<Hosted<'documentPrinter'>>();
    const host = new DeviceHost((message) => told.push(message), {
      ...HOSTED_CLASSES,
      documentPrinter: () => loaded.promise,
    });
    const configured = host.handle({
      type: 'configure',
      devices: {
        ...DEFAULT_DEVICES.devices,
        documentPrinter: {
          driver: 'ipp',
          url: 'http://127.0.0.1:9/ipp/print',
          queueKeepsNothing: false,
        },
      },
    });
    configured.catch(() => undefined);
    const answers = (): readonly FromHost[] =>
      told.filter(({ type }) => type === 'ended' || type === 'refused');
    return { host, calls, answers, load: () => loaded.resolve(hosted) };
  }

  it('waits for them, and is done then', async () => {
    const { host, calls, answers, load } = loading();
    const command = request();
    const done = host.handle({ ...print, command, deadlineMs: 60_000 });
    await new Promise(setImmediate);
    expect([answers(), calls]).toEqual([[], []]);
    load();
    await done;
    expect(calls).toEqual(['open', 'run 7 wanted']);
    expect(answers()).toEqual([
      { type: 'ended', device: 'documentPrinter', id: 1, result: { outcome: 'printed' } },
    ]);
  });

  it('is told as devices that are being started when its time is over before, and nothing of it stays', async () => {
    const { host, calls, answers, load } = loading();
    const command = request();
    await host.handle({ ...print, command, deadlineMs: 1 });
    expect(answers()).toEqual([
      { type: 'refused', device: 'documentPrinter', id: 1, code: 'device.hostDown' },
    ]);
    expect([...command.bytes]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    load();
    await new Promise(setImmediate);
    expect(calls).toEqual(['open']);
  });

  it('can be called off', async () => {
    const { host, calls, answers, load } = loading();
    const done = host.handle({ ...print, command: request(), deadlineMs: 60_000 });
    await host.handle({ type: 'cancel', id: 1 });
    await done;
    expect(answers()).toMatchObject([{ type: 'refused', code: 'device.cancelled' }]);
    load();
    await new Promise(setImmediate);
    expect(calls).toEqual(['open']);
  });
});
