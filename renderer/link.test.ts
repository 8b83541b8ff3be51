import { afterEach, describe, expect, test } from 'vitest';
import { FakeCore } from '../tests/page/fake-core.ts';
import { catalogue, identified, terminalView } from '../tests/page/views.ts';
import {
  createCoreLink,
  LinkError,
  type CoreLink,
  type LinkState,
  type LinkTimes,
} from './link.ts';

const TIMES: LinkTimes = {
  callDeadline: 400,
  openDeadline: 400,
  heartbeat: 100,
  firstRetry: 20,
  longestRetry: 80,
};

interface Seen {
  readonly states: LinkState[];
  readonly steps: (string | null)[];
  terminals: number;
}

let core: FakeCore;
let link: CoreLink | undefined;

async function begin(times = TIMES): Promise<Seen> {
  core = new FakeCore(terminalView(), catalogue);
  await core.start();
  const seen: Seen = { states: [], steps: [], terminals: 0 };
  link = createCoreLink(
    `${core.url.replace('http', 'ws')}rpc`,
    {
      onState: (state) => seen.states.push(state),
      onTerminal: () => (seen.terminals += 1),
      onSession: (session) => seen.steps.push(session?.step ?? null),
    },
    times,
  );
  link.start();
  await expect.poll(() => seen.states.at(-1)).toBe('online');
  return seen;
}

/** On a busy machine a first try may be given up and said again. */
const changes = (states: readonly LinkState[]): readonly LinkState[] =>
  states.filter((state, at) => state !== states[at - 1]);

afterEach(async () => {
  link?.stop();
  await core.stop();
});

describe('line to the core', () => {
  test('tells the terminal and the session at once, and every change', async () => {
    const seen = await begin();
    expect(changes(seen.states)).toEqual(['connecting', 'online']);
    expect(seen.steps).toEqual([null]);
    core.show(identified());
    await expect.poll(() => seen.steps).toEqual([null, 'find']);
  });

  test('finds a restarted core again and watches anew', async () => {
    const seen = await begin();
    await core.stop();
    await expect.poll(() => seen.states.at(-1)).toBe('lost');
    core.show(identified());
    await core.start();
    await expect.poll(() => seen.states.at(-1)).toBe('online');
    expect(seen.steps.at(-1)).toBe('find');
    core.show(null);
    await expect.poll(() => seen.steps.at(-1)).toBe(null);
  });

  test('notices a core that holds the line but says nothing', async () => {
    const seen = await begin();
    core.playDeaf();
    await expect.poll(() => seen.states.at(-1)).toBe('lost');
  });

  test('asks the core from time to time whether it is there', async () => {
    const seen = await begin();
    await expect.poll(() => seen.terminals).toBeGreaterThan(3);
    expect(changes(seen.states)).toEqual(['connecting', 'online']);
  });

  test('a call that is not answered is given up', async () => {
    await begin({ ...TIMES, heartbeat: 60_000 });
    core.playDeaf();
    await expect(link?.call((client) => client.session.touch())).rejects.toBeInstanceOf(LinkError);
  });

  test('a call fails at once when the line is cut or not there', async () => {
    await begin({ ...TIMES, heartbeat: 60_000, callDeadline: 60_000 });
    core.playDeaf();
    const call = link?.call((client) => client.session.touch());
    const outcome = expect(call).rejects.toBeInstanceOf(LinkError);
    await core.stop();
    await outcome;
    await expect(link?.call((client) => client.session.touch())).rejects.toBeInstanceOf(LinkError);
  });

  test('after stop nothing connects again', async () => {
    const seen = await begin();
    link?.stop();
    const before = seen.states.length;
    core.show(identified());
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(seen.states).toHaveLength(before);
    expect(seen.steps).toEqual([null]);
  });
});
