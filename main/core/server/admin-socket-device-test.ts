import { fault } from '../../../domain/device/fault-catalogue.ts';
import type { DeviceClass } from '../../../domain/device/status.ts';
import { failed, type TrialEnd, type TrialParts } from '../devices/trial/contract.ts';
import { TRIALS } from '../devices/trial/trials.ts';
import { Channel } from './admin-socket-channel.ts';
import { deviceFault, type DeviceTestEvent } from './admin-socket-shapes.ts';

/**
 * The trial of one device, step by step, for the technician's tools. Ends with `ended`, or without it when the
 * signal aborts. Never throws.
 */
export function testDevice(
  device: DeviceClass,
  parts: TrialParts,
  signal: AbortSignal,
): AsyncIterable<DeviceTestEvent> {
  const told = new Channel<DeviceTestEvent>(signal);
  const end = (ended: TrialEnd): void => {
    told.push(endOf(ended));
    told.end();
  };
  TRIALS[device](parts, signal, (step) => told.push(step)).then(end, () =>
    end(failed(fault('device.protocol', { detail: 'the test ended with a bug' }))),
  );
  return told;
}

function endOf({ fault: why, ...ended }: TrialEnd): DeviceTestEvent {
  return { type: 'ended', ...ended, ...(why === undefined ? {} : { fault: deviceFault(why) }) };
}
