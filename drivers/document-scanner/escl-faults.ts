import { fault } from '../../domain/device/fault-catalogue.ts';
import type { Fault } from '../../domain/device/fault.ts';
import type { DeviceStatus, PaperState } from '../../domain/device/status.ts';
import type { EsclFailure } from './escl-client.ts';
import type { EsclStatus } from './escl-xml.ts';

/** The fault that a feeder's own word names, if it names one. Words of Mopria eSCL, `pwg`/`scan`. */
export function adfFault(adfState: string | undefined): Fault | undefined {
  if (adfState === undefined) return undefined;
  const vendorCode = adfState.slice(0, 60);
  if (/Jam|Mispick|Multipick|DuplexPageToo/.test(adfState)) {
    return fault('scanner.jam', { vendorCode });
  }
  if (/DoorOpen|HatchOpen|CoverOpen/.test(adfState)) {
    return fault('scanner.coverOpen', { vendorCode });
  }
  if (/InputTrayOverloaded/.test(adfState)) return fault('scanner.jam', { vendorCode });
  if (/Failed/.test(adfState)) return fault('scanner.hardware', { vendorCode });
  return undefined;
}

function paperOf(adfState: string): PaperState {
  if (/Jam|Mispick|Multipick/.test(adfState)) return 'jammed';
  if (/Loaded|Processing/.test(adfState)) return 'full';
  return adfState.endsWith('Empty') ? 'out' : 'unknown';
}

/** What ScannerStatus means in the terminal's words. */
export function deviceStatusOf(status: EsclStatus): DeviceStatus {
  const paper = status.adfState === undefined ? {} : { paper: paperOf(status.adfState) };
  const named = adfFault(status.adfState);
  if (named) {
    const state = named.cause === 'user' ? 'userError' : 'hardwareError';
    return { state, ...paper, fault: named };
  }
  switch (status.state) {
    case 'Idle':
      return { state: 'online', ...paper };
    case 'Processing':
    case 'Testing':
      return { state: 'deviceBusy', ...paper };
    case 'Stopped':
    case 'Down':
      return {
        state: 'hardwareError',
        ...paper,
        fault: fault('scanner.hardware', { vendorCode: status.state }),
      };
  }
}

/** The fault of a call that gave nothing. What the device says of itself goes before this. */
export function failureFault(failure: EsclFailure): Fault {
  switch (failure.kind) {
    case 'cancelled':
      return fault('device.cancelled');
    case 'timeout':
      return fault('device.timeout');
    case 'unreachable':
      return fault('device.offline', { detail: failure.detail });
    case 'malformed':
      return fault('device.protocol', { detail: failure.detail });
    case 'http': {
      const vendorCode = `HTTP ${failure.status}`;
      if (failure.status === 503) return fault('device.busy', { vendorCode });
      if (failure.status === 400) return fault('device.unsupported', { vendorCode });
      if (failure.status >= 500 || failure.status === 409) {
        return fault('scanner.hardware', { vendorCode });
      }
      return fault('device.protocol', { vendorCode });
    }
  }
}
