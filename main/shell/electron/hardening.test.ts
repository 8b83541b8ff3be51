import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { hardenApp, hardenContents, hardenSession } from './hardening.ts';

const ORIGIN = 'http://127.0.0.1:7010';

/** A stand-in of the same shape: renamed methods of Electron are a type error here. */
function fakeSession(): {
  session: Electron.Session;
  handlers: Record<string, unknown>;
  events: EventEmitter;
} {
  const handlers: Record<string, unknown> = {};
  const events = new EventEmitter();
  const keep = (name: string) => (handler: unknown) => {
    handlers[name] = handler;
  };
  const methods = {
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
    setDisplayMediaRequestHandler: keep('display'),
    setSpellCheckerEnabled: keep('spell'),
    webRequest: { onBeforeRequest: keep('before') },
  } satisfies Partial<Record<keyof Electron.Session, unknown>>;
  const session = Object.assign(events, methods) as unknown as Electron.Session;
  return { session, handlers, events };
}

class FakeEvent {
  prevented = false;
  url: string;
  constructor(url = '') {
    this.url = url;
  }
  preventDefault(): void {
    this.prevented = true;
  }
}

describe('the locked session', () => {
  it('switches the camera on for our origin only, never a microphone, and only while it is wanted', async () => {
    const { session, handlers } = fakeSession();
    let health: unknown = { cameraWanted: true };
    hardenSession(session, ORIGIN, () => Promise.resolve(health));
    const request = handlers['request'] as (
      c: unknown,
      p: string,
      a: (v: boolean) => void,
      d: object,
    ) => void;
    const may = (permission: string, requestingUrl: string, mediaTypes?: string[]) =>
      new Promise<boolean>((resolve) =>
        request(null, permission, resolve, { requestingUrl, ...(mediaTypes && { mediaTypes }) }),
      );
    expect(await may('media', `${ORIGIN}/`, ['video'])).toBe(true);
    expect(await may('media', `${ORIGIN}/`, ['video', 'audio'])).toBe(false);
    expect(await may('media', `${ORIGIN}/`)).toBe(false);
    expect(await may('media', 'https://example.com/', ['video'])).toBe(false);
    expect(await may('geolocation', `${ORIGIN}/`)).toBe(false);
    health = { cameraWanted: false };
    expect(await may('media', `${ORIGIN}/`, ['video'])).toBe(false);
    const check = handlers['check'] as (c: unknown, p: string, o: string, d: object) => boolean;
    expect(check(null, 'media', ORIGIN, { mediaType: 'video' })).toBe(true);
    expect(check(null, 'media', ORIGIN, { mediaType: 'audio' })).toBe(false);
    expect(check(null, 'media', 'https://example.com', { mediaType: 'video' })).toBe(false);
    expect(check(null, 'hid', ORIGIN, {})).toBe(false);
  });

  it('denies every device and download', () => {
    const { session, handlers, events } = fakeSession();
    hardenSession(session, ORIGIN);
    expect((handlers['device'] as () => boolean)()).toBe(false);
    for (const name of [
      'select-hid-device',
      'select-serial-port',
      'select-usb-device',
      'will-download',
    ]) {
      expect(events.listenerCount(name)).toBe(1);
      const event = new FakeEvent();
      if (name === 'select-serial-port') events.emit(name, event, [], null, () => undefined);
      else events.emit(name, event, {}, () => undefined);
      expect(event.prevented).toBe(true);
    }
  });

  it('cancels every request that is not for the core', () => {
    const { session, handlers } = fakeSession();
    hardenSession(session, ORIGIN);
    const before = handlers['before'] as (
      d: { url: string },
      a: (v: { cancel: boolean }) => void,
    ) => void;
    const cancelled = (url: string): boolean => {
      let result = false;
      before({ url }, (answer) => (result = answer.cancel));
      return result;
    };
    expect(cancelled(`${ORIGIN}/index.html`)).toBe(false);
    expect(cancelled('https://example.com/')).toBe(true);
    expect(cancelled('file:///etc/passwd')).toBe(true);
  });
});

describe('locked contents', () => {
  it('stay where they are: no windows, navigation, webviews, menus or forbidden keys', () => {
    const events = new EventEmitter();
    let opened: unknown;
    const contents = Object.assign(events, {
      setWindowOpenHandler: (handler: () => unknown) => (opened = handler()),
    } satisfies Partial<
      Record<keyof Electron.WebContents, unknown>
    >) as unknown as Electron.WebContents;
    hardenContents(contents, ORIGIN);
    expect(opened).toEqual({ action: 'deny' });
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
      const away = new FakeEvent('https://example.com/');
      events.emit(name, away);
      const home = new FakeEvent(`${ORIGIN}/`);
      events.emit(name, home);
      expect([name, away.prevented, home.prevented]).toEqual([name, true, false]);
    }
    for (const name of ['will-attach-webview', 'context-menu']) {
      const event = new FakeEvent();
      events.emit(name, event);
      expect(event.prevented).toBe(true);
    }
    const key = new FakeEvent();
    events.emit('before-input-event', key, {
      type: 'keyDown',
      key: 'n',
      control: true,
      alt: false,
      meta: false,
    });
    expect(key.prevented).toBe(true);
  });

  it('are locked before the first one is made', () => {
    const events = new EventEmitter();
    let sandboxed = false;
    const app = Object.assign(events, {
      enableSandbox: () => {
        sandboxed = true;
      },
    } satisfies Partial<Record<keyof Electron.App, unknown>>) as unknown as Electron.App;
    hardenApp(app, () => ORIGIN);
    expect(sandboxed).toBe(true);
    expect(events.listenerCount('web-contents-created')).toBe(1);
  });
});
