import { describe, expect, it } from 'vitest';
import type { ToHost } from '../../device-host/protocol.ts';
import { handClock } from '../hand-clock.test-helper.ts';
import type { ChildProcess } from '../ports.ts';
import { HOST_TIMINGS, HostProcess } from './host-process.ts';

/** A host without a process: it hears, and says and dies as it is told. */
class PlayedHost implements ChildProcess {
  readonly heard: ToHost[] = [];
  #message: (message: unknown) => void = () => undefined;
  readonly #exit: ((reason: string) => void)[] = [];
  killed = false;

  send(message: unknown): void {
    this.heard.push(message as ToHost);
  }

  onMessage(listener: (message: unknown) => void): () => void {
    this.#message = listener;
    return () => undefined;
  }

  onExit(listener: (reason: string) => void): () => void {
    this.#exit.push(listener);
    return () => undefined;
  }

  kill(): void {
    this.killed = true;
    this.die();
  }

  says(message: unknown): void {
    this.#message(message);
  }

  die(): void {
    for (const listener of this.#exit.splice(0)) listener('killed');
  }
}

function played() {
  const clock = handClock();
  const hosts: PlayedHost[] = [];
  const told: unknown[] = [];
  let downs = 0;
  const processes = {
    start(): ChildProcess {
      const host = new PlayedHost();
      hosts.push(host);
      return host;
    },
  };
  const supervisor = new HostProcess(
    { processes, clock, entry: '/host.ts' },
    {
      configure: () => ({ type: 'ping' }),
      onMessage: (message) => told.push(message),
      onDown: () => (downs += 1),
    },
    HOST_TIMINGS,
  );
  const last = (): PlayedHost => {
    const host = hosts.at(-1);
    if (host === undefined) throw new Error('no host was started');
    return host;
  };
  /** The host dies; how long after it the next one is started. */
  const deathAndRestart = (): number => {
    const before = hosts.length;
    const at = clock.now();
    last().die();
    while (hosts.length === before) clock.go(clock.waits[0] ?? 1);
    return clock.now() - at;
  };
  return { clock, hosts, told, supervisor, last, deathAndRestart, downs: () => downs };
}

describe('the device host that dies', () => {
  it('is started again within two seconds, and is told its devices first', () => {
    const { hosts, last, deathAndRestart, supervisor, downs, clock } = played();
    clock.go(7);
    expect(supervisor.startedAt).toBe(0);
    expect(deathAndRestart()).toBeLessThanOrEqual(2_000);
    expect([hosts.length, supervisor.restarts, downs()]).toEqual([2, 1, 1]);
    expect(supervisor.startedAt).toBe(clock.now());
    expect(last().heard).toEqual([{ type: 'ping' }]);
  });

  it('at once again and again is waited for twice as long each time, never more than ten seconds', () => {
    const { deathAndRestart } = played();
    const waits = Array.from({ length: 9 }, deathAndRestart);
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000, 10_000]);
  });

  it('after it was well for half a minute is started again as quickly as the first time', () => {
    const { clock, last, deathAndRestart } = played();
    for (let i = 0; i < 6; i += 1) deathAndRestart();
    const living = (seconds: number): void => {
      for (let i = 0; i < seconds; i += 1) {
        clock.go(1_000);
        last().says({ type: 'pong' });
      }
    };
    living(29);
    expect(deathAndRestart()).toBe(10_000);
    living(31);
    expect(deathAndRestart()).toBe(200);
  });

  it('is not heard any more, and nothing is sent to it', () => {
    const { told, hosts, supervisor, last } = played();
    const message = { type: 'status', device: 'idCard', status: { state: 'online' } };
    last().says(message);
    expect(told).toEqual([message]);
    last().die();
    hosts[0]?.says(message);
    expect([told.length, supervisor.send({ type: 'ping' })]).toEqual([1, false]);
  });
});

describe('the device host that says nothing', () => {
  it('is asked, and killed when it stays silent for twenty seconds; another one follows', () => {
    const { clock, hosts, last, downs } = played();
    const first = last();
    clock.go(20_000);
    expect(first.heard.filter(({ type }) => type === 'ping').length).toBeGreaterThan(3);
    expect(first.killed).toBe(false);
    clock.go(HOST_TIMINGS.pingEveryMs);
    expect([first.killed, downs()]).toEqual([true, 1]);
    clock.go(HOST_TIMINGS.firstRestartMs);
    expect(hosts).toHaveLength(2);
  });

  it('but answers is left alone', () => {
    const { clock, hosts, last } = played();
    for (let i = 0; i < 60; i += 1) {
      clock.go(5_000);
      last().says({ type: 'pong' });
    }
    expect([hosts.length, last().killed]).toEqual([1, false]);
  });
});

describe('the device host that is closed', () => {
  it('may close its devices, and nothing follows it', async () => {
    const { clock, hosts, last, supervisor } = played();
    const closed = supervisor.close();
    expect(last().heard.at(-1)).toEqual({ type: 'close' });
    last().die();
    await closed;
    clock.go(600_000);
    expect([hosts.length, clock.waits]).toEqual([1, []]);
  });

  it('and does not end is killed', async () => {
    const { clock, hosts, last, supervisor } = played();
    const closed = supervisor.close();
    clock.go(HOST_TIMINGS.closeMs);
    await closed;
    expect(last().killed).toBe(true);
    clock.go(600_000);
    expect([hosts.length, clock.waits]).toEqual([1, []]);
  });

  it('between a death and its restart is not started again', async () => {
    const { clock, hosts, last, supervisor } = played();
    last().die();
    await supervisor.close();
    clock.go(600_000);
    expect([hosts.length, clock.waits]).toEqual([1, []]);
  });
});
