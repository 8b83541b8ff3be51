import { describe, expect, it } from 'vitest';
import {
  cameraWanted,
  COMMAND_LINE_SWITCHES,
  coreArguments,
  isForbiddenKey,
  isOwnOrigin,
  mayRequest,
  mayUse,
  pageArgument,
  windowOptions,
} from './settings.ts';

const ORIGIN = 'http://127.0.0.1:7010';

describe('settings of the locked window (they prove our settings, not Electron)', () => {
  it('turns off everything that a page of ours does not need', () => {
    expect(windowOptions('terminal').webPreferences).toEqual({
      partition: 'terminal',
      contextIsolation: true,
      sandbox: true,
      webSecurity: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      plugins: false,
      devTools: false,
    });
  });

  it('has no preload, so that there is no IPC at all', () => {
    expect(windowOptions('terminal').webPreferences).not.toHaveProperty('preload');
  });

  it('keeps the profile in memory', () => {
    expect(windowOptions('terminal').webPreferences?.partition).not.toMatch(/^persist:/);
  });

  it('is a window that cannot be closed or left', () => {
    expect(windowOptions('t')).toMatchObject({
      kiosk: true,
      fullscreen: true,
      closable: false,
      frame: false,
    });
    expect(COMMAND_LINE_SWITCHES.map(([name]) => name)).toContain('disable-pinch');
  });

  it.each([
    ['http://127.0.0.1:7010/', true],
    ['http://127.0.0.1:7010.evil.example/', false],
    ['http://127.0.0.1:70100/', false],
    ['http://127.0.0.1:7010@evil.example/', false],
    ['https://127.0.0.1:7010/', false],
    ['http://localhost:7010/', false],
    ['javascript:alert(1)', false],
    ['', false],
  ])('compares origins, not prefixes: %s', (address, own) => {
    expect(isOwnOrigin(address, ORIGIN)).toBe(own);
  });

  it.each([
    ['http://127.0.0.1:7010/assets/a.js', true],
    ['ws://127.0.0.1:7010/rpc', true],
    ['ws://127.0.0.1:7011/rpc', false],
    ['file:///etc/passwd', false],
    ['https://example.com/', false],
    ['devtools://devtools/bundled/inspector.html', false],
    ['blob:http://127.0.0.1:7010/1', true],
  ])('loads from the core only: %s', (address, allowed) => {
    expect(mayRequest(address, ORIGIN)).toBe(allowed);
  });

  it('grants the camera to our origin, a microphone to nobody, and nothing else to anybody', () => {
    const wish = (permission: string, requestingOrigin: string, media: readonly string[]) =>
      mayUse({ permission, requestingOrigin, media }, ORIGIN);
    expect(wish('media', `${ORIGIN}/`, ['video'])).toBe(true);
    expect(wish('media', `${ORIGIN}/`, ['unknown'])).toBe(true);
    expect(wish('media', `${ORIGIN}/`, ['audio'])).toBe(false);
    expect(wish('media', `${ORIGIN}/`, ['video', 'audio'])).toBe(false);
    expect(wish('media', 'https://example.com', ['video'])).toBe(false);
    for (const permission of [
      'geolocation',
      'notifications',
      'clipboard-read',
      'hid',
      'serial',
      'usb',
      'fileSystem',
      'openExternal',
      'display-capture',
    ]) {
      expect(wish(permission, ORIGIN, ['video'])).toBe(false);
    }
  });

  it('has the camera switched on only while the core says that somebody is at the papers', async () => {
    const asked: string[] = [];
    const core = (health: unknown) => (address: string) => {
      asked.push(address);
      return Promise.resolve(health);
    };
    expect(await cameraWanted(ORIGIN, core({ cameraWanted: true }))).toBe(true);
    expect(asked).toEqual([`${ORIGIN}/health`]);
    for (const health of [{ cameraWanted: false }, { session: 'materials' }, null, 'wanted', []]) {
      expect(await cameraWanted(ORIGIN, core(health))).toBe(false);
    }
    const gone = () => Promise.reject(new Error('gone'));
    expect(await cameraWanted(ORIGIN, gone)).toBe(false);
  });

  it.each([
    [{ key: 'F11' }, true],
    [{ key: 'F4', alt: true }, true],
    [{ key: 'n', control: true }, true],
    [{ key: 'W', control: true }, true],
    [{ key: 'i', control: true, shift: true }, true],
    [{ key: 'r', meta: true }, true],
    [{ key: 'v', control: true }, false],
    [{ key: 'a' }, false],
    [{ key: '龚' }, false],
  ])('lets no key lead out: %o', (input, forbidden) => {
    expect(
      isForbiddenKey({ type: 'keyDown', control: false, alt: false, meta: false, ...input }),
    ).toBe(forbidden);
  });

  it('hands only the core’s own options on to the core', () => {
    expect(
      coreArguments([
        'electron',
        'main.js',
        '--no-sandbox',
        '--port',
        '0',
        '--inspect=0',
        '--data',
        '/d',
      ]),
    ).toEqual(['--port', '0', '--data', '/d']);
  });

  it('shows a running core only on loopback', () => {
    expect(pageArgument(['--page', 'http://127.0.0.1:7010/enter?token=t'])).toBe(
      'http://127.0.0.1:7010/enter?token=t',
    );
    expect(pageArgument(['--page', 'http://127.0.0.1:7010@example.com/'])).toBeUndefined();
    expect(pageArgument(['--page'])).toBeUndefined();
  });
});
