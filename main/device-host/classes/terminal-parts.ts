import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** The board of the parts around the screen. */
export const terminalParts: HostedClass<'terminalParts'> = async (config, tell) => {
  const { createTerminalParts } = await import('../../../drivers/terminal-parts/parts-driver.ts');
  const transport = await transportFor(config.transport, {
    overHid: async (address) => {
      const { partsHidTransport } = await import('../../../drivers/terminal-parts/parts-hid.ts');
      return partsHidTransport(address);
    },
  });
  const driver = createTerminalParts({ transport, clock: systemClock });
  const tellFacts = (): void =>
    tell.facts({ capabilities: { ...driver.capabilities }, state: { ...driver.state } });
  driver.onStatus(tellFacts);
  driver.onEvent((event) => {
    tellFacts();
    tell.event(event);
  });
  return {
    driver,
    run: ({ place, mode }, _progress, options) => driver.setLight(place, mode, options),
  };
};
