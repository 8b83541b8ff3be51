import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';

/** What a receipt says of its service. */
export type ServiceOnReceipt = Pick<ServiceItem, 'id' | 'name' | 'contacts'>;

/** The line of public services that is the same everywhere; the page shows it, too. */
const SERVICE_LINE = '12345';

/**
 * The service of something stored, as its receipt tells it. Catalogues change: one that has left it since is
 * called by its id, for the receipt is owed all the same.
 */
export function serviceOnReceipt(
  services: readonly ServiceItem[] | undefined,
  id: string,
): ServiceOnReceipt {
  const found = services?.find((service) => service.id === id);
  const contacts = { consult: SERVICE_LINE, supervise: SERVICE_LINE };
  return found ?? { id, name: { zh: id, en: id }, contacts };
}
