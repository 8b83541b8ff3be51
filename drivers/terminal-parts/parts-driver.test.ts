import { afterEach, describe, expect, it } from 'vitest';
import { encodeLine } from './parts-line.ts';
import { Bench } from './parts-test-support.ts';
import { EVERY_PART } from './simulator/simulated-board.ts';

const second = { deadlineMs: 1_000 };
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

describe('the driver of the parts board, with time held still', () => {
  let bench: Bench;

  afterEach(async () => {
    await bench.close();
    const repeated = bench.states.filter((state, i) => state === bench.states[i - 1]);
    expect(repeated, 'the same state twice in a row').toEqual([]);
  });

  it('asks who is there and what it holds, and only then is online', async () => {
    bench = new Bench();
    const sent: string[] = [];
    bench.toBoard = (bytes) => {
      sent.push(`${bench.parts.status.state} ${text(bytes).trim()}`);
      return [bytes];
    };
    bench.board.sense({ door: 'open' });
    expect(bench.parts.capabilities).toEqual({
      sensors: [],
      keys: [],
      lights: [],
      callButton: false,
    });
    await bench.parts.open();
    await bench.clock.pass(0);
    // The very lines of docs/terminal-parts.md: 0.624 makes the token 9FBE.
    expect(sent).toEqual([
      `starting ${text(encodeLine('>', '01 WHO 1 9FBE')).trim()}`,
      'starting >02 GET*BA11',
    ]);
    expect(bench.states).toEqual(['online']);
    expect(bench.parts.capabilities).toEqual(EVERY_PART);
    expect(bench.parts.state).toMatchObject({ door: 'open', headphones: 'out', stuck: [] });
    expect(bench.story.at(-1)).toBe('snapshot');
  });

  it('waits for a board that sleeps for two seconds when its port is opened', async () => {
    bench = new Bench();
    bench.board.restart(2_000);
    await bench.parts.open();
    await bench.clock.pass(4_000);
    expect(bench.parts.status.state).toBe('online');
    expect(bench.opened).toBe(1);
  });

  it('opens the line anew when a board stays silent, and says that it is unknown', async () => {
    bench = new Bench();
    bench.toBoard = () => [];
    await bench.parts.open();
    await bench.clock.pass(30_000);
    expect(bench.states).toEqual(['unknown']);
    expect(bench.opened).toBeGreaterThan(1);
    bench.toBoard = (bytes) => [bytes];
    await bench.clock.pass(20_000);
    expect(bench.states).toEqual(['unknown', 'online']);
  });

  it('takes no answer to an earlier greeting, nor its own echo', async () => {
    bench = new Bench();
    bench.toBoard = (bytes) => {
      bench.deliver(bytes);
      bench.deliver(encodeLine('<', '01 IAM 1 0000 other 9 door'));
      return [bytes];
    };
    await bench.online();
    expect(bench.parts.capabilities.board?.model).toBe('bm-simulated');
    const silent = bench.parts.setLight('keypad', 'steady', second);
    await bench.clock.pass(0);
    expect(await silent).toEqual({ ok: true, value: undefined });
    bench.toBoard = (bytes) => {
      bench.deliver(bytes);
      return [];
    };
    const echoed = bench.parts.setLight('keypad', 'off', second);
    await bench.clock.pass(2_000);
    expect(await echoed).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
  });

  it('asks once when the board says that it booted just before it is greeted', async () => {
    bench = new Bench();
    bench.toBoard = (bytes) => {
      if (text(bytes).includes('WHO')) bench.deliver(encodeLine('<', '00 BOOT'));
      return [bytes];
    };
    await bench.parts.open();
    await bench.clock.pass(900);
    expect(bench.story.filter((word) => word === 'snapshot')).toEqual(['snapshot']);
  });

  it('takes a late answer to one command for no answer to the next', async () => {
    bench = await new Bench().online();
    const late: Uint8Array[] = [];
    bench.toTerminal = (bytes) => {
      late.push(bytes);
      return [];
    };
    const first = bench.parts.setLight('keypad', 'steady', { deadlineMs: 100 });
    await bench.clock.pass(150);
    expect(await first).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
    bench.toBoard = () => [];
    const next = bench.parts.setLight('scanner', 'steady', { deadlineMs: 200 });
    await bench.clock.pass(50);
    for (const bytes of late) bench.deliver(bytes);
    expect(late.map(text).join()).toContain('ACK');
    await bench.clock.pass(200);
    expect(await next).toMatchObject({ ok: false, error: { code: 'device.timeout' } });
  });

  it('names a board that speaks another version, and goes on asking', async () => {
    bench = new Bench({ version: 2 });
    await bench.parts.open();
    await bench.clock.pass(20_000);
    expect(bench.parts.status).toMatchObject({
      state: 'hardwareError',
      fault: { code: 'device.unsupported', vendorCode: 'version 2' },
    });
    expect(bench.events).toEqual([]);
  });

  it('tells a press once though the acknowledgement is lost', async () => {
    bench = await new Bench().online();
    let lost = 0;
    bench.toBoard = (bytes) => {
      if (!text(bytes).includes('ACK') || lost === 3) return [bytes];
      lost += 1;
      return [];
    };
    bench.board.press('select', true);
    bench.board.press('select', false);
    bench.board.press('select', true);
    await bench.clock.pass(3_000);
    expect(lost).toBe(3);
    expect(bench.story).toEqual(['key select', 'key select']);
  });

  it('gets a press through a line that loses it twice, and none that is two seconds old', async () => {
    bench = await new Bench().online();
    let lose = 2;
    bench.toTerminal = (bytes) => {
      if (!text(bytes).includes(' EV ') || lose === 0) return [bytes];
      lose -= 1;
      return [];
    };
    bench.board.press('up', true);
    bench.board.press('up', false);
    await bench.clock.pass(1_000);
    expect(bench.story).toEqual(['key up']);
    lose = 7;
    bench.board.press('down', true);
    bench.board.press('down', false);
    await bench.clock.pass(3_000);
    bench.board.press('left', true);
    await bench.clock.pass(100);
    expect(bench.story).toEqual(['key up', 'key left']);
  });

  it('tells a door only once it stands, and a pulled plug at once', async () => {
    bench = await new Bench().online();
    bench.board.sense({ door: 'open' });
    await bench.clock.pass(200);
    bench.board.sense({ door: 'closed' });
    await bench.clock.pass(5_000);
    expect(bench.story).toEqual([]);
    bench.board.sense({ door: 'open', headphones: 'in' });
    await bench.clock.pass(400);
    expect(bench.story).toEqual(['headphones in', 'door open']);
    bench.board.sense({ headphones: 'out' });
    await bench.clock.pass(0);
    expect(bench.story.at(-1)).toBe('headphones out');
  });

  it('keeps somebody near who steps aside, and tells a flicker of the mains to nobody', async () => {
    bench = await new Bench().online();
    bench.board.sense({ presence: 'near' });
    await bench.clock.pass(1_000);
    for (let i = 0; i < 10; i++) {
      bench.board.sense({ presence: 'away', mains: 'lost' });
      await bench.clock.pass(900);
      bench.board.sense({ presence: 'near', mains: 'on' });
      await bench.clock.pass(900);
    }
    expect(bench.story).toEqual(['presence near']);
    bench.board.sense({ presence: 'away', mains: 'lost', battery: 'low' });
    await bench.clock.pass(3_000);
    expect(bench.story).toEqual(['presence near', 'mains lost', 'battery low', 'presence away']);
  });

  it('catches up with an event that was never heard', async () => {
    bench = await new Bench().online();
    bench.toTerminal = (bytes) => (text(bytes).includes(' EV ') ? [] : [bytes]);
    bench.board.sense({ door: 'open' });
    await bench.clock.pass(2_000);
    expect(bench.story).toEqual(['door open']);
  });

  it('tells a stuck key once, also when the board comes back, and that it is loose', async () => {
    bench = await new Bench().online();
    bench.board.press('help', true);
    bench.board.press('call', true);
    await bench.clock.pass(60_000);
    expect(bench.story).toEqual(['key help', 'call', 'stuck help', 'stuck call']);
    expect(bench.parts.state.stuck).toEqual(['help', 'call']);
    bench.unreachable = true;
    bench.hangUp();
    await bench.clock.pass(10_000);
    expect(bench.parts.status.state).toBe('offline');
    bench.unreachable = false;
    bench.events.length = 0;
    await bench.clock.pass(60_000);
    expect(bench.parts.status.state).toBe('online');
    expect(bench.story.filter((word) => /^(stuck|key|call)\b/.test(word))).toEqual([]);
    bench.board.press('help', false);
    await bench.clock.pass(100);
    expect(bench.story.at(-1)).toBe('loose help');
    bench.board.press('help', true);
    await bench.clock.pass(100);
    expect(bench.story.at(-1)).toBe('key help');
  });

  it('takes a key that was down at the handshake for no press', async () => {
    bench = new Bench();
    bench.board.press('select', true);
    await bench.online();
    await bench.clock.pass(5_000);
    expect(bench.story).toEqual([]);
    bench.board.press('select', false);
    bench.board.press('select', true);
    await bench.clock.pass(100);
    expect(bench.story).toEqual(['key select']);
  });

  it('can wait before the same key counts again', async () => {
    bench = await new Bench({ timings: { sameKeyAfterMs: 500 } }).online();
    for (const [key, waitMs] of [
      ['up', 200],
      ['up', 400],
      ['down', 100],
      ['up', 600],
      ['up', 0],
    ] as const) {
      bench.board.press(key, true);
      bench.board.press(key, false);
      await bench.clock.pass(waitMs);
    }
    expect(bench.story).toEqual(['key up', 'key down', 'key up', 'key up']);
  });

  it('says nothing of a line that was away for a moment, but asks the board anew', async () => {
    bench = await new Bench().online();
    bench.board.sense({ headphones: 'in' });
    await bench.clock.pass(1_000);
    bench.events.length = 0;
    bench.hangUp();
    bench.board.sense({ door: 'open' });
    await bench.clock.pass(1_400);
    expect(bench.states).toEqual(['online']);
    expect(bench.story).toEqual(['door open', 'snapshot']);
  });

  it('knows nothing while the line is down for longer, and then what the board holds', async () => {
    bench = await new Bench().online();
    bench.unreachable = true;
    bench.hangUp();
    await bench.clock.pass(5_000);
    expect(bench.parts.status).toMatchObject({
      state: 'offline',
      fault: { code: 'device.offline' },
    });
    expect(bench.parts.state).toMatchObject({
      headphones: 'unknown',
      presence: 'unknown',
      door: 'unknown',
      mains: 'unknown',
      battery: 'unknown',
      lights: { cardReader: 'unknown' },
    });
    expect(await bench.parts.setLight('keypad', 'blink', second)).toMatchObject({
      ok: false,
      error: { code: 'device.offline' },
    });
    bench.board.sense({ headphones: 'in' });
    bench.unreachable = false;
    bench.events.length = 0;
    await bench.clock.pass(15_000);
    expect(bench.states).toEqual(['online', 'offline', 'online']);
    expect(bench.story).toContain('headphones in');
    expect(bench.story.filter((word) => word === 'snapshot')).toHaveLength(1);
  });

  it('greets a board that restarted at once, without calling it lost', async () => {
    bench = await new Bench().online();
    const lit = bench.parts.setLight('scanner', 'blink', second);
    await bench.clock.pass(0);
    expect((await lit).ok).toBe(true);
    bench.board.restart(100);
    await bench.clock.pass(150);
    expect(bench.states).toEqual(['online']);
    expect(bench.story).toEqual(['light scanner blink', 'light scanner off', 'snapshot']);
    await bench.clock.pass(5_000);
    expect(bench.story).toHaveLength(3);
  });

  it('finds out that a board restarted whose BOOT was lost', async () => {
    bench = await new Bench().online();
    bench.toTerminal = (bytes) => (text(bytes).includes('BOOT') ? [] : [bytes]);
    bench.board.restart(100);
    await bench.clock.pass(1_200);
    expect(bench.story).toEqual(['snapshot']);
    expect(bench.states).toEqual(['online']);
  });

  it('sends one command at a time, and lets each go by its own deadline or caller', async () => {
    bench = await new Bench().online();
    bench.toTerminal = () => [];
    const order: string[] = [];
    const caller = new AbortController();
    const light = async (name: string, options: { deadlineMs: number; signal?: AbortSignal }) => {
      const done = await bench.parts.setLight('keypad', 'steady', options);
      order.push(`${name} ${done.ok ? 'ok' : done.error.code}`);
    };
    const all = [
      light('first', { deadlineMs: 10_000 }),
      light('second', { deadlineMs: 400 }),
      light('third', { deadlineMs: 10_000, signal: caller.signal }),
      light('fourth', { deadlineMs: 10_000 }),
      light('fifth', { deadlineMs: 10_000, signal: AbortSignal.abort() }),
    ];
    await bench.clock.pass(500);
    caller.abort();
    await bench.clock.pass(500);
    bench.toTerminal = (bytes) => [bytes];
    await bench.clock.pass(1_000);
    await Promise.all(all);
    expect(order).toEqual([
      'fifth device.cancelled',
      'second device.timeout',
      'third device.cancelled',
      'first device.timeout',
      'fourth ok',
    ]);
  });

  it('sets no light that is not there, and says what the board refused', async () => {
    bench = await new Bench({ parts: { ...EVERY_PART, lights: ['keypad'] } }).online();
    expect(await bench.parts.setLight('scanner', 'steady', second)).toMatchObject({
      ok: false,
      error: { code: 'device.unsupported' },
    });
    bench.board.refuse(1);
    const refused = bench.parts.setLight('keypad', 'steady', second);
    await bench.clock.pass(0);
    expect(await refused).toMatchObject({
      ok: false,
      error: { code: 'device.protocol', vendorCode: 'ARG' },
    });
  });

  it('leaves lights off when the terminal is away', async () => {
    bench = await new Bench().online();
    const lit = bench.parts.setLight('cardReader', 'steady', second);
    await bench.clock.pass(0);
    expect((await lit).ok).toBe(true);
    expect(bench.board.state.lights).toMatchObject({ cardReader: 'steady' });
    await bench.parts.close();
    await bench.clock.pass(6_000);
    expect(bench.board.state).toMatchObject({ greeted: false, lights: { cardReader: 'off' } });
  });

  it('passes over parts, values and words it does not know, and acknowledges them', async () => {
    bench = await new Bench().online();
    const acknowledged: string[] = [];
    bench.toBoard = (bytes) => {
      if (text(bytes).includes('ACK')) acknowledged.push(text(bytes).slice(1, 7));
      return [bytes];
    };
    bench.board.say('91 EV humidity high');
    bench.board.say('92 EV key warp down');
    bench.board.say('93 EV');
    bench.board.say('94 SONG la');
    bench.board.say('zz EV door open');
    bench.board.say('00 EV door open');
    await bench.clock.pass(900);
    expect(acknowledged).toEqual(['91 ACK', '92 ACK', '93 ACK']);
    expect(bench.story).toEqual([]);
  });
});
