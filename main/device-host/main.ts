import { DeviceHost } from './host.ts';
import type { FromHost, ToHost } from './protocol.ts';

/**
 * Entry of the device host: a process of its own that holds every driver, so that a native library that
 * crashes takes no session with it. Started by the core with an IPC channel; ends when the core is gone.
 */
function run(): void {
  const channel = process.send?.bind(process);
  if (channel === undefined) {
    console.error('the device host is started by the core');
    process.exitCode = 2;
    return;
  }
  // the core may be gone by now: then `disconnect` ends us
  const send = (message: FromHost): void => {
    if (process.connected) channel(message, undefined, undefined, () => undefined);
  };
  const host = new DeviceHost(send);
  const end = (): void => {
    host.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('message', (message) => {
    const told = message as ToHost;
    host.handle(told).then(
      () => {
        if (told.type === 'close') process.exit(0);
      },
      (error: unknown) => {
        // a bug in a driver: the core starts a fresh host, which knows nothing of the broken state
        console.error(error);
        process.exit(70);
      },
    );
  });
  process.once('disconnect', end);
  process.once('SIGTERM', end);
  // Ctrl-C goes to the whole group; the core decides when its devices close
  process.on('SIGINT', () => undefined);
}

run();
