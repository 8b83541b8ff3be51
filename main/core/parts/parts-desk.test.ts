import { describe, expect, it } from 'vitest';
import { ok, err } from '../../../domain/result.ts';
import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { DeviceStatus } from '../../../domain/device/status.ts';
import type {
  LightMode,
  LightPlace,
  PartsEvent,
  PartsState,
} from '../../../drivers/terminal-parts/contract.ts';
import { LIGHT_PLACES } from '../../../drivers/terminal-parts/contract.ts';
import type { SessionView } from '../../contract/session-view.ts';
import type { CoreTerminalParts } from '../devices/contract.ts';
import { Latest } from '../session/latest.ts';
import { lightsOf } from './lights.ts';
import { PartsDesk } from './parts-desk.ts';

const STATE: PartsState = {
  headphones: 'out',
  presence: 'away',
  door: 'closed',
  mains: 'on',
  battery: 'ok',
  lights: { cardReader: 'off', receiptPrinter: 'off', scanner: 'off', keypad: 'off' },
  stuck: [],
};

const at = (step: SessionView['step'], part: Partial<SessionView> = {}): SessionView =>
  ({
    sessionId: 's',
    step,
    card: { state: 'none' },
    scan: null,
    receipt: null,
    materials: [],
    ...part,
  }) as unknown as SessionView;

function makeDesk() {
  let heard: (event: PartsEvent) => void = () => undefined;
  let status: (status: DeviceStatus) => void = () => undefined;
  const set: string[] = [];
  const board = {
    works: true,
    presence: 'away' as 'near' | 'away',
    lights: { ...STATE.lights } as Record<LightPlace, LightMode>,
  };
  const parts: CoreTerminalParts = {
    status: { state: 'online' },
    onStatus: (listener) => {
      status = listener;
      return () => undefined;
    },
    hardware: {},
    onHardware: () => () => undefined,
    onDeed: () => () => undefined,
    capabilities: { sensors: [], keys: [], lights: LIGHT_PLACES, callButton: true },
    get state() {
      return { ...STATE, presence: board.presence, lights: board.lights };
    },
    onEvent: (listener) => {
      heard = listener;
      return () => undefined;
    },
    setLight: (place, mode) => {
      set.push(`${place} ${mode}`);
      if (board.works) board.lights = { ...board.lights, [place]: mode };
      return Promise.resolve(board.works ? ok(undefined) : err(fault('device.timeout')));
    },
  };
  let session: SessionView | null = null;
  const view = new Latest(() => session);
  const told: string[] = [];
  const state = { held: false };
  const desk = new PartsDesk({
    parts,
    session: view,
    held: () => state.held,
    touch: () => told.push('touch'),
    nobodyThere: () => told.push('nobodyThere'),
    help: { call: () => told.push('call') },
    audit: { record: (event) => void told.push(event), latest: () => [] },
    onChange: () => undefined,
    log: (message) => told.push(message),
  });
  return {
    desk,
    board,
    state,
    told,
    set,
    hear: (event: PartsEvent) => heard(event),
    status: (to: DeviceStatus) => status(to),
    show: (to: SessionView | null) => {
      session = to;
      view.changed();
    },
    settled: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe('the guide lights', () => {
  it('lead from card to papers to receipt, and are all off at the end', () => {
    const paper = { means: 'paper', given: 'notYet' };
    const dark = { cardReader: 'off', scanner: 'off', receiptPrinter: 'off', keypad: 'off' };
    const cases: readonly (readonly [SessionView | null, object])[] = [
      [null, {}],
      [at('identify'), { cardReader: 'blink' }],
      [at('identify', { card: { state: 'reading' } }), {}],
      [at('find'), {}],
      [at('materials', { materials: [paper] as never }), { scanner: 'steady' }],
      [at('materials', { scan: { state: 'scanning' } as never }), { scanner: 'blink' }],
      [
        at('receipt', { receipt: { print: { state: 'printing' } } as never }),
        { receiptPrinter: 'blink' },
      ],
      [
        at('receipt', { receipt: { print: { state: 'printed' } } as never }),
        { receiptPrinter: 'steady' },
      ],
      [at('receipt', { receipt: { print: { state: 'failed' } } as never }), {}],
      [at('goodbye', { card: { state: 'leftBehind' } }), { cardReader: 'blink' }],
      [at('goodbye'), {}],
    ];
    for (const [session, lights] of cases) {
      expect(lightsOf(session, false), session?.step).toEqual({ ...dark, ...lights });
    }
    expect(lightsOf(null, true)).toEqual({ ...dark, keypad: 'steady' });
    expect(lightsOf(at('goodbye'), true)).toEqual(dark);
  });

  it('are told once each, again to a board that began anew, and left to the technician', async () => {
    const { show, hear, set, settled, state, board } = makeDesk();
    show(at('identify'));
    show(at('identify'));
    await settled();
    expect(set).toEqual(['cardReader blink']);
    board.lights = { ...STATE.lights } as Record<LightPlace, LightMode>;
    hear({ type: 'snapshot', state: STATE });
    await settled();
    expect(set).toEqual(['cardReader blink', 'cardReader blink']);
    state.held = true;
    show(null);
    board.lights = { ...board.lights, keypad: 'steady' };
    hear({ type: 'light', place: 'keypad', value: 'steady' });
    await settled();
    expect(set).toHaveLength(2);
    state.held = false;
    show(at('find'));
    await settled();
    // whatever was left on is put right
    expect(set.slice(2).toSorted()).toEqual(['cardReader off', 'keypad off']);
  });

  it('that refuse are tried again with the next step or when the board is back, not hammered', async () => {
    const { show, set, settled, board, status } = makeDesk();
    board.works = false;
    show(at('identify'));
    await settled();
    await settled();
    expect(set).toEqual(['cardReader blink']);
    board.works = true;
    status({ state: 'online' });
    await settled();
    expect(set).toEqual(['cardReader blink', 'cardReader blink']);
    show(at('find'));
    await settled();
    expect(set.at(-1)).toBe('cardReader off');
  });

  it('go out when the session ends while one is still being set', async () => {
    const { show, settled, board } = makeDesk();
    show(at('identify'));
    show(null);
    await settled();
    expect(board.lights.cardReader).toBe('off');
  });
});

describe('the presence sensor', () => {
  it('hurries nobody whom it never saw', () => {
    const { show, hear, told } = makeDesk();
    show(at('find'));
    hear({ type: 'presence', value: 'away' });
    expect(told).toEqual([]);
  });

  it('brings the warning sooner when who was there is gone, and takes a return for a touch', () => {
    const { show, hear, told, board } = makeDesk();
    board.presence = 'near';
    show(at('find'));
    hear({ type: 'presence', value: 'away' });
    expect(told).toEqual(['nobodyThere']);
    hear({ type: 'presence', value: 'near' });
    expect(told).toEqual(['nobodyThere', 'touch']);
  });

  it('begins no session, and says nothing while it is unknown', () => {
    const { hear, told, show, board } = makeDesk();
    hear({ type: 'presence', value: 'near' });
    board.presence = 'near';
    show(at('find'));
    hear({ type: 'presence', value: 'unknown' });
    expect(told).toEqual([]);
  });
});

describe('cabinet, power and keys', () => {
  it('an open door and a lost mains are told to staff and to the audit, once, also when found on connecting', () => {
    const { desk, hear, told } = makeDesk();
    hear({ type: 'snapshot', state: { ...STATE, door: 'open', mains: 'lost' } });
    hear({ type: 'door', value: 'open' });
    expect(desk.problems).toEqual(['cabinetOpen', 'mainsLost']);
    expect(desk.runsDry).toBe(false);
    hear({ type: 'battery', value: 'low' });
    expect([desk.problems, desk.runsDry]).toEqual([
      ['cabinetOpen', 'mainsLost', 'batteryLow'],
      true,
    ]);
    // a board that is away frees nobody
    hear({ type: 'mains', value: 'unknown' });
    expect(desk.runsDry).toBe(true);
    hear({ type: 'mains', value: 'on' });
    hear({ type: 'door', value: 'closed' });
    expect([desk.problems, desk.runsDry]).toEqual([[], false]);
    expect(told).toEqual([
      'cabinetOpened',
      'mainsLost',
      'batteryLow',
      'mainsBack',
      'cabinetClosed',
    ]);
  });

  it('a board that is not meant to be there any more leaves no problem behind', () => {
    const { desk, hear, status } = makeDesk();
    hear({ type: 'door', value: 'open' });
    status({ state: 'noDevice' });
    expect(desk.problems).toEqual([]);
  });

  it('the call button calls; a key goes to the page alone and counts as a touch', () => {
    const { desk, hear, told } = makeDesk();
    const keys: string[] = [];
    const stop = desk.onKey((key) => keys.push(key));
    hear({ type: 'call' });
    hear({ type: 'key', key: 'down' });
    stop();
    hear({ type: 'key', key: '7' });
    expect([keys, told]).toEqual([['down'], ['call', 'touch', 'touch']]);
  });
});
