import { expect, it } from 'vitest';
import { systemClock } from '../transport/system-clock.ts';
import { createSecurityCardReader } from './card-reader.ts';
import { until } from './conformance.ts';
import { pcscConnection } from './pcsc-connection.ts';

it('a machine on which the library does not load has a reader that is offline, and says why', async () => {
  const reader = createSecurityCardReader({
    connection: pcscConnection({
      clock: systemClock,
      load: () => Promise.reject(new Error('libpcsclite.so.1: cannot open shared object file')),
    }),
    clock: systemClock,
    today: () => '20261123',
  });
  await reader.open();
  await until(
    () => reader.status.state === 'offline',
    () => 'offline',
  );
  expect(reader.status.fault).toMatchObject({
    code: 'device.missingLibrary',
    detail: 'pcsc-mini: libpcsclite.so.1: cannot open shared object file',
  });
  await reader.close();
});
