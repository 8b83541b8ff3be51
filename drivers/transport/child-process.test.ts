import { describe, expect, it } from 'vitest';
import { runToEnd, stopChild, systemChildProcesses } from './child-process.ts';
import { systemClock } from './system-clock.ts';

const node = process.execPath;
const run = (script: string, more: Partial<Parameters<typeof runToEnd>[3]> = {}) =>
  runToEnd(systemChildProcesses, node, ['-e', script], {
    clock: systemClock,
    limitMs: 60_000,
    ...more,
  });

const deaf = 'process.on("SIGTERM", () => {}); console.log("up"); setInterval(() => {}, 1e6)';

describe('a program that is run', () => {
  it('gives its words and its exit code, which need not be 0', async () => {
    expect(await run('console.log("out"); console.error("err"); process.exitCode = 7')).toEqual({
      ok: true,
      value: { code: 7, signal: null, stdout: 'out\n', stderr: 'err\n' },
    });
  });

  it('gets its arguments as they are, never through a shell', async () => {
    const args = ['-e', 'console.log(process.argv.at(-1))', '$(id); *'];
    expect(
      await runToEnd(systemChildProcesses, node, args, { clock: systemClock, limitMs: 60_000 }),
    ).toMatchObject({ value: { stdout: '$(id); *\n' } });
  });

  it('sees nothing of our environment but PATH and HOME', async () => {
    process.env['BIANMIN_SECRET'] = 'x';
    const said = await run('console.log(Object.keys(process.env).sort().join())', {
      environment: { LC_ALL: 'C' },
    });
    delete process.env['BIANMIN_SECRET'];
    expect(said.ok && said.value.stdout.trim().split(',')).toEqual(['HOME', 'LC_ALL', 'PATH']);
  });

  it('is missing, or takes too long, or is cancelled, or says too much', async () => {
    const absent = await runToEnd(systemChildProcesses, 'no-such-program', [], {
      clock: systemClock,
      limitMs: 1_000,
    });
    expect(absent).toMatchObject({ error: { code: 'device.missingLibrary' } });
    expect(await run('setInterval(() => {}, 1e6)', { limitMs: 300 })).toMatchObject({
      error: { code: 'device.timeout' },
    });
    expect(await run('setInterval(() => {}, 1e6)', { signal: AbortSignal.abort() })).toMatchObject({
      error: { code: 'device.cancelled' },
    });
    const flood = 'for (;;) process.stdout.write("x".repeat(65536))';
    expect(await run(flood, { maxBytes: 100_000 })).toMatchObject({
      error: { code: 'device.protocol' },
    });
  });

  it('ends even when it does not want to', async () => {
    const up = Promise.withResolvers<undefined>();
    const started = await systemChildProcesses.start(node, ['-e', deaf], {
      onStdout: () => up.resolve(undefined),
    });
    if (!started.ok) throw new Error(started.error.code);
    await up.promise;
    await stopChild(started.value, systemClock, 100);
    expect(await started.value.exited).toEqual({ code: null, signal: 'SIGKILL' });
  });
});
