import { readArguments, USAGE } from './arguments.ts';
import { startSimulatorHost, type SimulatorHost } from './host.ts';

/** Longest time that stopping may take, in ms; then the process ends as it stands. */
const LONGEST_STOP_MS = 1_800;

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}

function stopWhenTold(host: SimulatorHost, dieWithParent: boolean): void {
  let stopping = false;
  const stop = (why: string): void => {
    if (stopping) return;
    stopping = true;
    log(`simulators: stopping (${why})`);
    setTimeout(() => process.exit(0), LONGEST_STOP_MS).unref();
    host.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log(`simulators: ${String(error)}`);
        process.exit(1);
      },
    );
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
  if (!dieWithParent) return;
  if (process.send === undefined) {
    process.stdin.once('end', () => stop('stdin closed'));
    process.stdin.once('error', () => stop('stdin closed'));
    process.stdin.resume();
  } else process.once('disconnect', () => stop('parent is gone'));
}

const told = readArguments(process.argv.slice(2));
if (!told.ok) {
  log(`${told.error}\n${USAGE}`);
  process.exit(2);
}
try {
  const host = await startSimulatorHost({ ...told.value.options, log });
  stopWhenTold(host, told.value.dieWithParent);
  process.stdout.write(`${JSON.stringify(host.ready)}\n`);
} catch (error) {
  const why = error instanceof Error ? error.message : String(error);
  log(`simulators: 起不来，请换端口或目录；could not start, choose another port or folder: ${why}`);
  process.exit(1);
}
