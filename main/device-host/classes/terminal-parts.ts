import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { TerminalParts } from '../../../drivers/terminal-parts/contract.ts';
import type { Configured, HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** The board of the parts around the screen, or a board of relays with lamps. */
export const terminalParts: HostedClass<'terminalParts'> = async (config, tell) => {
  const driver = await build(config);
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

async function build(config: Configured<'terminalParts'>): Promise<TerminalParts> {
  if (config.driver === 'lcusRelays') {
    const { relayBoard } = await import('../../../drivers/terminal-parts/relay-board.ts');
    const { lamps, answers } = config;
    const transport = await transportFor(config.transport);
    return relayBoard({ transport, clock: systemClock, lamps, answers });
  }
  const { createTerminalParts } = await import('../../../drivers/terminal-parts/parts-driver.ts');
  const transport = await transportFor(config.transport, {
    overHid: async (address) => {
      const { partsHidTransport } = await import('../../../drivers/terminal-parts/parts-hid.ts');
      return partsHidTransport(address);
    },
  });
  return createTerminalParts({ transport, clock: systemClock });
}
