import type { FaultCode } from '../../domain/device/fault-catalogue.ts';
import type { DrivenClass, DeviceStatus } from '../../domain/device/status.ts';
import type { DevicesConfig } from '../../kiosk-config/index.ts';
import type { HardwareDetails } from '../../drivers/hardware.ts';
import type { Wires } from './wires.ts';

/** A device is to do something. It ends with one `ended` or `refused` of the same id. */
export interface CommandMessage<C extends DrivenClass> {
  readonly type: 'command';
  readonly device: C;
  readonly id: number;
  readonly command: Wires[C]['command'];
  readonly deadlineMs: number;
}

/**
 * What core and device host say to each other over the IPC channel of the child process
 * (`serialization: 'advanced'`: bytes stay bytes). The host is stateless towards a session: whatever it
 * held is gone when it dies, and the core says so truthfully. What differs by class stands in `wires.ts`.
 */
export type ToHost =
  /** First message, once: the devices that are meant to be there. */
  | {
      readonly type: 'configure';
      readonly devices: DevicesConfig['devices'];
      /** Under which this terminal, and no other, leaves work in queues that several share. */
      readonly owner?: string | undefined;
    }
  | CommandMessage<DrivenClass>
  | { readonly type: 'cancel'; readonly id: number }
  /** Asked every few seconds; a host that does not answer hangs and is killed. */
  | { readonly type: 'ping' }
  /** Closes every driver and ends. */
  | { readonly type: 'close' };

/** What the host tells of one class of device. */
export type ClassMessage<C extends DrivenClass> =
  | { readonly type: 'status'; readonly device: C; readonly status: DeviceStatus }
  /** What the hardware says that it is. */
  | { readonly type: 'hardware'; readonly device: C; readonly hardware: HardwareDetails }
  | { readonly type: 'facts'; readonly device: C; readonly facts: Wires[C]['facts'] }
  | { readonly type: 'event'; readonly device: C; readonly event: Wires[C]['event'] }
  | {
      readonly type: 'progress';
      readonly device: C;
      readonly id: number;
      readonly progress: Wires[C]['progress'];
    }
  | {
      readonly type: 'ended';
      readonly device: C;
      readonly id: number;
      readonly result: Wires[C]['result'];
    }
  /** Nothing was done. */
  | {
      readonly type: 'refused';
      readonly device: C;
      readonly id: number;
      readonly code: FaultCode;
    };

/** What the host tells. */
export type FromHost = ClassMessage<DrivenClass> | { readonly type: 'pong' };

/** Says whether a message has the shape of one of the host's; anything else is dropped. */
export function isFromHost(message: unknown): message is FromHost {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string'
  );
}
