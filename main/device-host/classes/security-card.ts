import type { CardConnection } from '../../../drivers/security-card/connection.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';
import { chinaDay } from '../../core/china-day.ts';
import type { Configured, HostedClass } from '../hosted-class.ts';
import { transportFor } from '../transport-for.ts';

/** Readers of social security cards. */
export const securityCard: HostedClass<'securityCard'> = async (config, tell) => {
  const { createSecurityCardReader } =
    await import('../../../drivers/security-card/card-reader.ts');
  const today = (): string => chinaDay(Date.now()).replaceAll('-', '');
  const connection = await connectionFor(config);
  const driver = createSecurityCardReader({ connection, clock: systemClock, today });
  driver.onEvent((event) => tell.event(event));
  return { driver };
};

async function connectionFor(config: Configured<'securityCard'>): Promise<CardConnection> {
  if (config.driver === 'cardLine') {
    const { cardLine } = await import('../../../drivers/security-card/line-connection.ts');
    return cardLine({ transport: await transportFor(config.transport), clock: systemClock });
  }
  const { pcscConnection } = await import('../../../drivers/security-card/pcsc-connection.ts');
  const { reader } = config;
  return pcscConnection({ clock: systemClock, ...(reader === undefined ? {} : { reader }) });
}
