import { systemClock } from '../../../drivers/transport/system-clock.ts';
import { chinaDay } from '../../core/china-day.ts';
import type { HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** ID-card readers. */
export const idCard: HostedClass<'idCard'> = async (config, tell) => {
  const { createSdtReader } = await import('../../../drivers/id-card/sdt-reader.ts');
  const today = (): string => chinaDay(Date.now()).replaceAll('-', '');
  const transport = await transportFor(config.transport, {
    overUsb: async (address) => {
      const { sdtUsbTransport } = await import('../../../drivers/id-card/sdt-usb.ts');
      return sdtUsbTransport(address);
    },
  });
  const driver = createSdtReader({ transport, clock: systemClock, today });
  driver.onEvent((event) => tell.event(event));
  return { driver };
};
