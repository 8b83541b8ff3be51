import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import type { Confidence, Proposal } from '../../drivers/detection/contract.ts';
import { parseConfig, type ConfigResult, type DevicesConfig } from '../../kiosk-config/index.ts';
import { withFinding } from '../../main/core/devices/detect.ts';
import { className, placeName, type Words } from './words.ts';

/** A devices layer to look at and save, and what is to be thought of. */
export interface ProposedLayer {
  readonly layer: DevicesConfig;
  readonly notes: readonly Words[];
}

const RANK: Readonly<Record<Confidence, number>> = { certain: 2, likely: 1, possible: 0 };

function both(zh: string, en: string): Words {
  return { zh, en };
}

/**
 * Puts what was found into the places of a devices layer that are empty; what is set up stays. Only certain
 * and likely findings are taken. The result has passed the schema of the configuration.
 */
export function proposeLayer(
  current: DevicesConfig,
  found: readonly Proposal[],
): ConfigResult<ProposedLayer> {
  const notes: Words[] = [];
  let devices = current.devices;
  for (const name of DEVICE_CLASSES) {
    const able = found
      .filter((one) => one.class === name && one.confidence !== 'possible')
      .toSorted((one, other) => RANK[other.confidence] - RANK[one.confidence]);
    const [best, ...others] = able;
    if (best === undefined) continue;
    const { zh, en } = className(name);
    if (devices[name] !== null) {
      notes.push(both(`${zh}已有设置，没有改动`, `${en}: set up already, left as it is`));
      continue;
    }
    devices = withFinding(devices, best) ?? devices;
    if (best.protocol === 'escpos') {
      notes.push(
        both(
          '请核对打印机型号档案 profile（纸宽、切刀、二维码）',
          'check the profile of the printer: paper width, cutter, QR code',
        ),
      );
    }
    for (const other of others) {
      const place = placeName(other.transport);
      notes.push(both(`${zh}还有一台在 ${place}`, `${en}: another one is at ${place}`));
    }
  }
  const layer = parseConfig('devices', { ...current, version: current.version + 1, devices });
  return layer.ok ? { ok: true, value: { layer: layer.value, notes } } : layer;
}
