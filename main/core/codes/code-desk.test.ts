import { describe, expect, it } from 'vitest';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { err, ok, type Result } from '../../../domain/result.ts';
import { encodeReceiptToken } from '../../../domain/receipt/token.ts';
import { formatReceiptNumber } from '../../../domain/receipt/number.ts';
import type { ReceiptVerification } from '../../../domain/wire/platform.ts';
import type { SessionView } from '../../contract/session-view.ts';
import type { CodeEvent } from '../../device-host/wires.ts';
import type { CoreCodeScanner } from '../devices/contract.ts';
import { Latest } from '../session/latest.ts';
import { CodeDesk } from './code-desk.ts';

const TOKEN = encodeReceiptToken({
  receiptNumber: formatReceiptNumber({
    region: '500151001',
    terminal: '001',
    date: '261130',
    sequence: 1,
  }),
  basicCode: '000112001000',
  issuedAt: 1_780_000_000,
  envelopePrefix: '0123456789abcdef',
  keyId: '01234567',
}).withSignature(new Uint8Array(64));

type Found = ReceiptVerification & { readonly checkedOffline: boolean };

const ARRIVED: Found = {
  signature: 'valid',
  item: 'arrived',
  receiptNumber: null,
  state: 'prereview',
  checkedOffline: false,
};

function makeDesk() {
  const timers = new Set<() => void>();
  const listeners = new Set<(event: CodeEvent) => void>();
  const tell = (event: CodeEvent): void => listeners.forEach((listener) => listener(event));
  const scanner: CoreCodeScanner = {
    status: { state: 'online' },
    onStatus: () => () => undefined,
    hardware: {},
    onHardware: () => () => undefined,
    onDeed: () => () => undefined,
    onEvent: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look: ({ signal }) => {
      const looked = Promise.withResolvers<Result<void, Fault>>();
      state.looks.push(looked);
      signal?.addEventListener('abort', () => looked.resolve(err(fault('device.cancelled'))));
      return looked.promise;
    },
    typed: (text) => tell({ type: 'code', text }),
  };
  let session: SessionView | null = null;
  const view = new Latest(() => session);
  const events: string[] = [];
  const asked: string[] = [];
  const state = {
    held: false,
    keyboard: false,
    waits: false,
    looks: [] as PromiseWithResolvers<Result<void, Fault>>[],
    touches: 0,
    answer: (): Promise<Found> => Promise.resolve(ARRIVED),
  };
  const desk = new CodeDesk({
    clock: {
      wall: () => 0,
      now: () => 0,
      after: (_ms, callback) => {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    },
    scanner,
    byKeyboard: () => state.keyboard,
    waits: () => state.waits,
    session: view,
    held: () => state.held,
    touch: () => {
      state.touches += 1;
    },
    verify: (text) => {
      asked.push(text);
      return state.answer();
    },
    audit: {
      record: (event, subject) => void events.push(`${event} ${subject?.detail ?? ''}`),
      latest: () => [],
    },
    log: (message) => events.push(message),
  });
  return {
    desk,
    state,
    asked,
    events,
    scan: (text: string) => tell({ type: 'code', text }),
    tell,
    timers,
    toStep: (step: SessionView['step'] | null) => {
      session = step === null ? null : ({ sessionId: 's', step } as SessionView);
      view.changed();
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('a code before the scanner', () => {
  it('that is a receipt is checked, and its state told, nothing else', async () => {
    const { desk, scan, settled, asked, events } = makeDesk();
    scan(`https://platform.example/r/${TOKEN}`);
    expect(desk.view.value).toEqual({ is: 'checking' });
    await settled();
    expect(desk.view.value).toEqual({
      is: 'receipt',
      signature: 'valid',
      item: 'arrived',
      caseState: 'prereview',
      checkedOffline: false,
    });
    expect(asked).toHaveLength(1);
    expect(events).toEqual(['receiptChecked valid']);
  });

  it('whose signature does not hold vouches for nothing', async () => {
    const { desk, scan, settled, state } = makeDesk();
    state.answer = () => Promise.resolve({ ...ARRIVED, signature: 'invalid' });
    scan(TOKEN);
    await settled();
    expect(desk.view.value).toMatchObject({
      signature: 'invalid',
      item: 'unknown',
      caseState: null,
    });
  });

  it('that is no receipt asks nobody; one that was cut says so', () => {
    const { desk, scan, tell, asked } = makeDesk();
    scan('6901234567892');
    expect(desk.view.value).toEqual({ is: 'unknown' });
    tell({
      type: 'failed',
      fault: { code: 'codeScanner.unreadable', cause: 'user', remedy: 'reset' } as never,
    });
    expect(desk.view.value).toEqual({ is: 'unreadable' });
    expect(asked).toEqual([]);
  });

  it('goes away when it is closed, by itself, and when the session goes on', async () => {
    const { desk, scan, settled, timers, toStep } = makeDesk();
    scan(TOKEN);
    desk.clear();
    await settled();
    expect(desk.view.value).toBeNull();
    scan('x');
    for (const end of [...timers]) end();
    expect(desk.view.value).toBeNull();
    toStep('find');
    scan('x');
    expect(desk.view.value).toEqual({ is: 'unknown' });
    toStep('guide');
    expect(desk.view.value).toBeNull();
  });

  it('an answer that comes late does not take the place of the next code', async () => {
    const { desk, scan, settled, state } = makeDesk();
    let answer: (found: Found) => void = () => undefined;
    state.answer = () => new Promise((resolve) => (answer = resolve));
    scan(TOKEN);
    scan('another');
    answer(ARRIVED);
    await settled();
    expect(desk.view.value).toEqual({ is: 'unknown' });
  });

  it('is not looked at elsewhere, nor while staff is at the devices', () => {
    const { desk, scan, toStep, state, asked } = makeDesk();
    for (const step of ['identify', 'form', 'materials', 'receipt'] as const) {
      toStep(step);
      scan(TOKEN);
      expect(desk.view.value).toBeNull();
    }
    toStep(null);
    state.held = true;
    scan(TOKEN);
    expect([desk.view.value, asked, state.touches]).toEqual([null, [], 0]);
  });

  it('is looked for by a scanner that waits, from the touch to the code', async () => {
    const { desk, scan, state, settled } = makeDesk();
    expect(desk.look()).toBe(false);
    state.waits = true;
    expect(desk.look()).toBe(true);
    expect(desk.view.value).toEqual({ is: 'waiting' });
    scan('x');
    state.looks[0]?.resolve(ok(undefined));
    await settled();
    expect(desk.view.value).toEqual({ is: 'unknown' });
    desk.look();
    state.looks[1]?.resolve(err(fault('codeScanner.notRead')));
    await settled();
    expect(desk.view.value).toEqual({ is: 'notSeen' });
  });

  it('is looked for no longer when it is closed, or the session goes on', async () => {
    const { desk, state, toStep } = makeDesk();
    state.waits = true;
    desk.look();
    desk.clear();
    expect(await state.looks[0]?.promise).toMatchObject({ error: { code: 'device.cancelled' } });
    expect(desk.view.value).toBeNull();
    toStep('find');
    desk.look();
    toStep('guide');
    expect(await state.looks[1]?.promise).toMatchObject({ error: { code: 'device.cancelled' } });
    expect([desk.view.value, desk.look()]).toEqual([null, false]);
  });

  it('by keyboard counts only where such a scanner is meant to be', () => {
    const { desk, state } = makeDesk();
    expect(desk.typed('hello')).toBe(false);
    expect(desk.view.value).toBeNull();
    state.keyboard = true;
    expect(desk.typed('hello')).toBe(true);
    expect(desk.view.value).toEqual({ is: 'unknown' });
  });
});
