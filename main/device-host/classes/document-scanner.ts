import type { DocumentScanner } from '../../../drivers/document-scanner/contract.ts';
import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { Configured, HostedClass } from '../hosted-class.ts';

/** Scanners of papers. */
export const documentScanner: HostedClass<'documentScanner'> = async (config, tell) => {
  const driver = await build(config);
  driver.onStatus(() => tell.facts({ sources: [...driver.capabilities.sources] }));
  return { driver, run: (request, page, options) => driver.scan(request, page, options) };
};

async function build(config: Configured<'documentScanner'>): Promise<DocumentScanner> {
  if (config.driver === 'sane') {
    const { SaneScanner } = await import('../../../drivers/document-scanner/sane-scanner.ts');
    return new SaneScanner({ device: config.device, clock: systemClock });
  }
  const { EsclScanner } = await import('../../../drivers/document-scanner/escl-scanner.ts');
  return new EsclScanner({ url: config.url, clock: systemClock });
}
