import { describe, expect, it } from 'vitest';
import { PageCamera } from './page-camera.ts';

const CONFIG = {
  driver: 'uvc',
  label: 'Eloam',
  minWidth: 1600,
  stillMs: 1_000,
  rotate: 90,
} as const;
const SEEN = { seen: [] };

describe('the document camera', () => {
  it('is known only by what a page says of it', () => {
    const camera = new PageCamera(CONFIG);
    const states: string[] = [];
    camera.onStatus(({ state }) => states.push(state));
    expect(camera.status).toEqual({ state: 'unknown' });
    const page = {};
    for (const finding of ['found', 'found', 'missing', 'hidden', 'unreadable'] as const) {
      camera.reported(page, { finding, ...SEEN });
    }
    expect(states).toEqual(['online', 'offline', 'unknown', 'hardwareError']);
    expect(camera.status.fault).toMatchObject({ code: 'camera.unreadable' });
  });

  it('is unknown again when the page that spoke last is gone, not when another one is', () => {
    const camera = new PageCamera(CONFIG);
    const [old, fresh] = [{}, {}];
    camera.reported(old, { finding: 'missing', ...SEEN });
    camera.reported(fresh, { finding: 'found', ...SEEN });
    camera.pageGone(old);
    expect(camera.status.state).toBe('online');
    camera.pageGone(fresh);
    expect(camera.status).toEqual({ state: 'unknown' });
  });

  it('that is not meant to be there stays so, whatever a page says', () => {
    const camera = new PageCamera(null);
    camera.reported({}, { finding: 'found', ...SEEN });
    expect(camera.status).toEqual({ state: 'noDevice' });
    expect(camera.settings).toBeNull();
  });

  it('begins anew when it is set up otherwise, and lets the page know', () => {
    const camera = new PageCamera(null);
    let told = 0;
    camera.onSettings(() => (told += 1));
    camera.configure(CONFIG);
    expect(camera.status).toEqual({ state: 'unknown' });
    expect(camera.settings).toEqual({ label: 'Eloam', minWidth: 1600, stillMs: 1_000, rotate: 90 });
    camera.reported({}, { finding: 'found', ...SEEN });
    camera.configure({ ...CONFIG });
    expect([camera.status.state, told]).toEqual(['online', 1]);
    camera.configure(null);
    expect([camera.status.state, told]).toEqual(['noDevice', 2]);
  });

  it('tells a technician which cameras were seen, and nothing that could be a trick', () => {
    const camera = new PageCamera(CONFIG);
    camera.reported({}, { finding: 'missing', seen: ['HD Webcam (04f2:b6d9)', '<b>\u001b[2J'] });
    expect(camera.status.fault?.detail).toBe('seen: HD Webcam (04f2:b6d9), b2J');
  });
});
