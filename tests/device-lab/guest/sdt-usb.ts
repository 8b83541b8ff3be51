import assert from 'node:assert/strict';
import { sdtUsbTransport } from '../../../drivers/id-card/sdt-usb.ts';
import { SdtSimulator } from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import type { SdtSimulatorOptions } from '../../../drivers/id-card/simulator/sdt-simulator.ts';
import { hidBytesTransport } from '../../../drivers/transport/hid-bytes.ts';
import type { Transport } from '../../../drivers/transport/transport.ts';
import { bulkDevice, type BulkShape } from '../gadgets/functionfs.ts';
import { hidDevice } from '../gadgets/hid.ts';
import type { UsbIdentity } from '../gadgets/usb-gadget.ts';
import type { OnBench } from './benches.ts';
import { plugged, sdtReader } from './benches.ts';
import { HID_READER, SDT_READER } from './identities.ts';
import type { LabTest, Trial } from './lab.ts';
import { framesInReports } from './sdt-packing.ts';
import { SPLIT_READER } from './sdt-split.ts';
import { sdtStories } from './sdt-stories.ts';

const overHid = 'ID-card reader, SDT over HID (hidraw)';
const overTwoPairs = 'ID-card reader, SDT over two pairs of USB endpoints (usbfs)';
const overBulk = 'ID-card reader, SDT over USB bulk (usbfs)';

/** A card reader that is an HID device. */
export function readerOnHid(
  trial: Trial,
  options?: SdtSimulatorOptions,
): Promise<OnBench<SdtSimulator>> {
  const make = () => hidDevice(trial.name('sdthid'), HID_READER);
  return plugged(trial, new SdtSimulator(options), make, framesInReports);
}

/** A card reader with bulk endpoints. */
export function readerOnBulk(
  trial: Trial,
  identity: UsbIdentity,
  options?: SdtSimulatorOptions,
  shape?: BulkShape,
): Promise<OnBench<SdtSimulator>> {
  const name = trial.name(`sdt${identity.serialNumber.toLowerCase()}`);
  return plugged(trial, new SdtSimulator(options), () => bulkDevice(name, identity, shape));
}

function bulkLine({ vendorId, productId, serialNumber }: UsbIdentity): Transport {
  return sdtUsbTransport({ vendorId, productId, serialNumber });
}

export const sdtUsbTests: readonly LabTest[] = [
  ...sdtStories(overHid, {
    plugIn: readerOnHid,
    line: () => {
      const { vendorId, productId } = HID_READER;
      const address = { vendorId, productId, usagePage: 'vendor' } as const;
      return Promise.resolve(hidBytesTransport(address));
    },
  }),
  ...sdtStories(overBulk, {
    plugIn: (trial, options) => readerOnBulk(trial, SDT_READER, options),
    line: () => Promise.resolve(bulkLine(SDT_READER)),
  }),
  ...sdtStories(overTwoPairs, {
    plugIn: (trial, options) => readerOnBulk(trial, SDT_READER, options, SPLIT_READER),
    line: () => Promise.resolve(bulkLine(SDT_READER)),
    givesWhole: true,
  }),
  {
    device: overBulk,
    test: 'two of one model are told apart; one in the place of the other is not taken for it',
    body: async (trial) => {
      const other: UsbIdentity = { ...SDT_READER, serialNumber: 'SDT0002' };
      const first = await readerOnBulk(trial, SDT_READER);
      const second = await readerOnBulk(trial, other);
      const watched = await sdtReader(trial, bulkLine(SDT_READER));
      const watchedOther = await sdtReader(trial, bulkLine(other));
      await watched.state('online');
      await watchedOther.state('online');
      assert(second.simulator.command({ do: 'insertCard', persona: 'elder' }).ok);
      await watchedOther.saw('card');
      assert.deepEqual(watched.story, []);
      await first.inside.unplug();
      await second.inside.unplug();
      await watched.state('offline');
      await watchedOther.state('offline');
      await second.inside.plug(first.port);
      await watchedOther.state('online');
      assert.equal(watched.device.status.state, 'offline');
      await first.inside.plug(second.port);
      await watched.state('online');
    },
  },
];
