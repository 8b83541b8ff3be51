// Test support: what a driver of keys and sensors must do; a part of the suite in conformance.ts.
import { expect, it } from 'vitest';
import { LIGHT_PLACES } from './contract.ts';
import { EVERY_PART } from './simulator/simulated-board.ts';
import { PATIENT, until, type Watched } from './watched-parts.ts';

/** What keys, sensors and the line of the board of docs/terminal-parts.md promise, on a board with every part. */
export function promiseInputs(watched: () => Watched): void {
  it('knows every part and its state once it has asked the board', async () => {
    watched().command({ do: 'setHeadphones', plugged: true });
    watched().command({ do: 'setPower', mains: 'lost', battery: 'low' });
    expect(watched().parts.status).toEqual({ state: 'starting' });
    await watched().online();
    expect(watched().parts.capabilities).toEqual(EVERY_PART);
    const off = Object.fromEntries(LIGHT_PLACES.map((place) => [place, 'off']));
    expect(watched().parts.state).toEqual({
      headphones: 'in',
      presence: 'away',
      door: 'closed',
      mains: 'lost',
      battery: 'low',
      lights: off,
      stuck: [],
    });
    expect(watched().story).toContain('snapshot');
  });

  it('tells every key once, in order, and the call button', async () => {
    await watched().online();
    for (const key of EVERY_PART.keys) {
      watched().command({ do: 'pressKey', key });
      await watched().saw(`key ${key}`);
    }
    watched().command({ do: 'pressCall' });
    watched().command({ do: 'pressKey', key: 'select' });
    watched().command({ do: 'pressKey', key: 'select' });
    await watched().saw('key select', 3);
    const each = EVERY_PART.keys.map((key) => `key ${key}`);
    expect(watched().presses).toEqual([...each, 'call', 'key select', 'key select']);
  });

  it('tells headphones, presence, door, mains and battery, there and back', async () => {
    await watched().online();
    for (const [command, word] of [
      [{ do: 'setHeadphones', plugged: true }, 'headphones in'],
      [{ do: 'setPresence', near: true }, 'presence near'],
      [{ do: 'setDoor', open: true }, 'door open'],
      [{ do: 'setPower', mains: 'lost' }, 'mains lost'],
      [{ do: 'setPower', mains: 'lost', battery: 'low' }, 'battery low'],
      [{ do: 'setPower', mains: 'on', battery: 'ok' }, 'mains on'],
      [{ do: 'setDoor', open: false }, 'door closed'],
      [{ do: 'setPresence', near: false }, 'presence away'],
      [{ do: 'setHeadphones', plugged: false }, 'headphones out'],
    ] as const) {
      watched().story.length = 0;
      watched().command(command);
      await watched().saw(word);
    }
    await until(
      () => watched().parts.state.battery === 'ok',
      () => 'a battery that is well again',
    );
  });

  it('greets a board that restarted, whose lights are off then', async () => {
    await watched().online();
    expect((await watched().parts.setLight('scanner', 'blink', PATIENT)).ok).toBe(true);
    watched().story.length = 0;
    watched().command({ do: 'restartBoard', forMs: 60 });
    await watched().saw('snapshot');
    expect(watched().parts.state.lights.scanner).toBe('off');
    await watched().state('online');
    watched().command({ do: 'pressKey', key: 'help' });
    await watched().saw('key help');
  });

  it('hears through noise, and hears nothing that was not said', async () => {
    await watched().online();
    const noises = ['00', '3c', '3c3c3c', '3c30312045', 'ff0d0a0d0a', '2a42424344 0d0a'];
    // A press without its last CRC digit right, and one as the terminal itself would mark it.
    const lies = [
      Buffer.from('<01 EV key back down*0000\r\n').toString('hex'),
      Buffer.from('>01 EV key back down*0000\r\n').toString('hex'),
    ];
    const all = [...noises, ...lies];
    for (const [i, hex] of all.entries()) {
      watched().command({ do: 'noise', hex });
      watched().command({ do: 'pressKey', key: 'select' });
      watched().command({ do: 'noise', hex });
      await watched().saw('key select', i + 1);
    }
    expect(watched().presses).toEqual(all.map(() => 'key select'));
  });

  it('tells a press once whose line had a wrong CRC', async () => {
    await watched().online();
    watched().command({ do: 'spoilLines', times: 2 });
    watched().command({ do: 'pressKey', key: 'louder' });
    await watched().saw('key louder');
    watched().command({ do: 'spoilLines', times: 1 });
    watched().command({ do: 'pressKey', key: 'quieter' });
    await watched().saw('key quieter');
    expect(watched().presses).toEqual(['key louder', 'key quieter']);
  });

  it('tells a stuck key once, and that it is loose', async () => {
    await watched().online();
    watched().command({ do: 'setKey', key: 'repeat', down: true });
    await watched().saw('stuck repeat');
    expect(watched().parts.state.stuck).toEqual(['repeat']);
    watched().command({ do: 'dropLine' });
    await watched().saw('snapshot', 2);
    watched().command({ do: 'setKey', key: 'repeat', down: false });
    await watched().saw('loose repeat');
    expect(watched().presses).toEqual(['key repeat']);
    expect(watched().story.filter((word) => word === 'stuck repeat')).toHaveLength(1);
  });

  it('passes over what a newer board says', async () => {
    await watched().online();
    watched().command({ do: 'sendBody', body: 'C8 EV humidity high' });
    watched().command({ do: 'sendBody', body: 'C9 SONG' });
    watched().command({ do: 'pressKey', key: 'left' });
    await watched().saw('key left');
    expect(watched().presses).toEqual(['key left']);
  });

  it('tells a key of a slow board', async () => {
    await watched().online();
    watched().command({ do: 'setDelay', ms: 60 });
    watched().command({ do: 'pressKey', key: 'right' });
    await watched().saw('key right');
    expect((await watched().parts.setLight('keypad', 'steady', PATIENT)).ok).toBe(true);
  });
}
