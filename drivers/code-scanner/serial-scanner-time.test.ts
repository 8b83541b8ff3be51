import { describe, expect, it } from 'vitest';
import type { CodeScanner } from './contract.ts';
import { HeldClock, HeldLine, heldTransport } from './scanner-test-support.ts';
import { createSerialScanner } from './serial-scanner.ts';
import type { SerialScannerOptions } from './serial-scanner.ts';

/** A driver in held time, with the line that it has at the moment. */
function held(options: Partial<SerialScannerOptions> = {}): {
  readonly scanner: CodeScanner;
  readonly clock: HeldClock;
  readonly line: () => HeldLine;
  readonly story: string[];
} {
  const clock = new HeldClock();
  let line = new HeldLine();
  const scanner = createSerialScanner({
    transport: heldTransport(() => (line = new HeldLine())),
    clock,
    random: () => 0,
    ...options,
  });
  const story: string[] = [];
  scanner.onEvent((event) => {
    story.push(event.type === 'code' ? event.text : `(${event.fault.detail ?? ''})`);
  });
  scanner.onStatus((status) => story.push(status.state));
  return { scanner, clock, line: () => line, story };
}

describe('a serial scanner in time', () => {
  it('tells nothing of what lay in the line when it came up', async () => {
    const { scanner, clock, line, story } = held();
    await scanner.open();
    await clock.pass(1);
    line().send('somebody else\r');
    await clock.pass(150);
    line().send('and the end of a code\r');
    await clock.pass(150);
    expect(story).toEqual([]);
    await clock.pass(500);
    line().send('mine\r');
    expect(story).toEqual(['unknown', 'online', 'mine']);
    await line().close();
    await clock.pass(100);
    line().send('lost on the way\r');
    await clock.pass(500);
    line().send('mine again\r');
    expect(story).toEqual(['unknown', 'online', 'mine', 'unknown', 'online', 'mine again']);
  });

  it('has a fault while a new line is never quiet, and none when it is', async () => {
    const { scanner, clock, line, story } = held();
    await scanner.open();
    await clock.pass(1);
    for (let i = 0; i < 100; i += 1) {
      line().send('U');
      await clock.pass(100);
    }
    expect([story, scanner.status.fault?.code]).toEqual([['unknown'], 'device.protocol']);
    await clock.pass(1_000);
    expect(story).toEqual(['unknown', 'unknown']);
    expect(scanner.status).toEqual({ state: 'unknown' });
  });

  it('waits half a second for a suffix, and 80 ms for a code without one', async () => {
    const suffixed = held();
    await suffixed.scanner.open();
    await suffixed.clock.pass(300);
    suffixed.line().send('A');
    await suffixed.clock.pass(490);
    suffixed.line().send('B\r');
    suffixed.line().send('C');
    await suffixed.clock.pass(530);
    suffixed.line().send('D\r');
    expect(suffixed.story).toEqual(['unknown', 'online', 'AB', '(no suffix came)', 'D']);

    const bare = held({ suffix: 'none' });
    await bare.scanner.open();
    await bare.clock.pass(300);
    bare.line().send('A');
    await bare.clock.pass(70);
    bare.line().send('B');
    await bare.clock.pass(110);
    bare.line().send('C');
    await bare.clock.pass(110);
    expect(bare.story).toEqual(['unknown', 'online', 'AB', 'C']);
  });

  it('reads what lies in the line before it believes a pause that a slow machine made', async () => {
    const { scanner, clock, line, story } = held();
    await scanner.open();
    await clock.pass(300);
    line().send('one ');
    await clock.pass(510);
    line().send('code\r');
    await clock.pass(1_000);
    expect(story).toEqual(['unknown', 'online', 'one code']);
  });

  it('tells a code that stays once, and again two seconds after it was last seen', async () => {
    const { scanner, clock, line, story } = held();
    await scanner.open();
    await clock.pass(300);
    for (let i = 0; i < 10; i += 1) {
      line().send('stays\r');
      await clock.pass(1_900);
    }
    expect(story).toEqual(['unknown', 'online', 'stays']);
    await clock.pass(200);
    line().send('stays\r');
    expect(story).toEqual(['unknown', 'online', 'stays', 'stays']);

    const every = held({ timings: { duplicateMs: 0 } });
    await every.scanner.open();
    await every.clock.pass(300);
    every.line().send('a\ra\r');
    expect(every.story).toEqual(['unknown', 'online', 'a', 'a']);
  });

  it('tells a torn code as failed, and the loss of the line only when it lasts', async () => {
    const { scanner, clock, line, story } = held();
    await scanner.open();
    await clock.pass(300);
    line().send('torn');
    await line().close();
    await clock.pass(2_000);
    line().send('whole\r');
    expect(story).toEqual(['unknown', '(the line closed)', 'online', 'whole']);
    await scanner.close();
    line().send('late\r');
    await clock.pass(5_000);
    expect(story).toEqual(['unknown', '(the line closed)', 'online', 'whole', 'offline']);
  });

  it('names the symbology where the scanner sends it', async () => {
    const { scanner, clock, line } = held({ aimId: true });
    const events: unknown[] = [];
    scanner.onEvent((event) => events.push(event));
    await scanner.open();
    await clock.pass(300);
    line().send(']Q1二维码\r');
    line().send(']Zz?\r');
    expect(events).toMatchObject([
      { type: 'code', text: '二维码', symbology: 'qr', encoding: 'utf-8' },
      { type: 'code', text: '?' },
    ]);
    expect(events[1]).not.toHaveProperty('symbology');
    expect(scanner.capabilities.symbologies).toContain('qr');
  });
});
