import type { DeviceStatus } from '../../../domain/device/status.ts';
import type { DeviceView } from '../../contract/shapes.ts';
import { faultView } from '../session/view.ts';

/** A device as the page sees it: without what only a technician needs. */
export function deviceView({ state, paper, fault }: DeviceStatus): DeviceView {
  return {
    state,
    ...(paper === undefined ? {} : { paper }),
    ...(fault === undefined ? {} : { fault: faultView(fault) }),
  };
}
