import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICES, loadConfig, type DevicesConfig } from '../../../kiosk-config/index.ts';
import { DevicesLayer } from './devices-layer.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bianmin-layer-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const AT = '2026-11-24T02:08:00.000Z';
const file = (): string => join(folder, 'devices.json');
const open = (current: DevicesConfig = DEFAULT_DEVICES): Promise<DevicesLayer> =>
  DevicesLayer.open({ file: file(), current, check: () => [] });
const reader = (path: string): DevicesConfig['devices'] => ({
  ...DEFAULT_DEVICES.devices,
  idCard: { driver: 'sdt', transport: { type: 'serial', path, baud: 115_200 } },
});

async function saved(layer: DevicesLayer, path: string): Promise<void> {
  expect((await layer.save(reader(path), AT)).ok).toBe(true);
}

describe('the devices layer', () => {
  it('is saved as a file that the next start reads, and kept in versions', async () => {
    const layer = await open();
    expect((await layer.save(reader('/dev/ttyS0'), AT)).ok).toBe(true);
    expect((await layer.save(reader('/dev/ttyS1'), AT)).ok).toBe(true);
    const read = await loadConfig('devices', file());
    expect(read.ok && read.value.version).toBe(3);
    expect(read.ok && read.value.devices).toEqual(reader('/dev/ttyS1'));
    const again = await open(read.ok ? read.value : undefined);
    expect(again.earlier.map(({ version }) => version)).toEqual([2, 1]);
  });

  it('goes back to an earlier version under a new number', async () => {
    const layer = await open();
    await saved(layer, '/dev/ttyS0');
    await saved(layer, '/dev/ttyS1');
    expect(await layer.rollBack(9, AT)).toBeUndefined();
    expect((await layer.rollBack(2, AT))?.ok).toBe(true);
    expect(layer.current.version).toBe(4);
    expect(layer.current.devices).toEqual(reader('/dev/ttyS0'));
    expect(layer.earlier.map(({ version }) => version)).toEqual([3, 2, 1]);
  });

  it('says what is wrong, and changes nothing then', async () => {
    const layer = await open();
    await saved(layer, '/dev/ttyS0');
    const before = readFileSync(file(), 'utf8');
    const wrong = { ...DEFAULT_DEVICES.devices, idCard: { driver: 'sdt', transport: {} } };
    const answer = await layer.save(wrong as never, AT);
    expect(answer.ok ? [] : answer.error.map(({ path }) => path)).toEqual([
      expect.stringContaining('idCard.transport'),
    ]);
    const strict = await DevicesLayer.open({
      file: file(),
      current: layer.current,
      check: () => [
        { file: 'devices', path: '$', message: { zh: '不', en: 'no' }, remedy: { zh: '', en: '' } },
      ],
    });
    expect((await strict.save(reader('/dev/ttyS1'), AT)).ok).toBe(false);
    expect(readFileSync(file(), 'utf8')).toBe(before);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('keeps a file that could not be read beside the one it saves', async () => {
    writeFileSync(file(), '{ "version": 7, "devices": ');
    await saved(await open(), '/dev/ttyS0');
    const aside = readdirSync(folder).filter((name) => name.includes('set-aside'));
    expect(aside).toHaveLength(1);
    expect(readFileSync(join(folder, aside[0] ?? ''), 'utf8')).toBe('{ "version": 7, "devices": ');
  });

  it('offers no earlier version that cannot be read', async () => {
    const layer = await open();
    await saved(layer, '/dev/ttyS0');
    writeFileSync(join(folder, 'devices.v1.json'), '{');
    expect((await open(layer.current)).earlier).toEqual([]);
  });
});
