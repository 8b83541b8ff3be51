import { deviceLineSchema } from '../../main/core/server/admin-socket-shapes.ts';
import type { DeviceDesk } from './core-link.ts';
import { Refused } from './list.ts';
import type { Output } from './output.ts';
import { deviceText } from './words.ts';

/** `watch`: a line for every device, then one for every change, until the signal. Throws Refused. */
export async function runWatch(desk: DeviceDesk, output: Output, signal: AbortSignal): Promise<0> {
  for await (const answer of desk.ask({ do: 'devices.watch' }, signal)) {
    if (!answer.ok) throw new Refused(answer);
    if (!('event' in answer)) continue;
    const line = deviceLineSchema.parse(answer.event);
    output.tell({ type: 'device', ...line }, `${line.at}  ${deviceText(line)}`);
  }
  return 0;
}
