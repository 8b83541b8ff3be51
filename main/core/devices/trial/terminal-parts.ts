import { failed, type Trial } from './contract.ts';
import { isSilentByNature, settled, unusable } from './settled.ts';

/** Each light is looked at for so long. */
const LIGHT_MS = 1_500;
const DEADLINE_MS = 5_000;

/** Lets every guide light shine, one after the other; a person says whether they did. */
export const tryTerminalParts: Trial = async ({ clock, devices }, signal, tell) => {
  const parts = devices.terminalParts;
  const first = await settled(parts, clock, signal, ['starting']);
  const away = isSilentByNature(first) ? undefined : unusable(await settled(parts, clock, signal));
  if (away !== undefined) return failed(away);
  for (const place of parts.capabilities.lights) {
    if (signal.aborted) break;
    tell({ type: 'shining', place });
    const on = await parts.setLight(place, 'steady', { deadlineMs: DEADLINE_MS, signal });
    if (!on.ok) return failed(on.error);
    await new Promise<void>((resolve) => clock.after(LIGHT_MS, resolve));
    // also when nobody waits any more: no light stays on
    const off = await parts.setLight(place, 'off', { deadlineMs: DEADLINE_MS });
    if (!off.ok) return failed(off.error);
  }
  return parts.capabilities.lights.length === 0 ? { result: 'passed' } : { result: 'ask' };
};
