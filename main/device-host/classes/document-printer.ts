import { systemClock } from '../../../drivers/transport/system-clock.ts';
import type { HostedClass } from '../hosted-class.ts';

/** Printers of A4 documents. */
export const documentPrinter: HostedClass<'documentPrinter'> = async (config, tell, owner) => {
  const { IppPrinter } = await import('../../../drivers/document-printer/ipp-printer.ts');
  const { url, certificateSha256 } = config;
  const driver = new IppPrinter({
    url,
    clock: systemClock,
    ...(certificateSha256 === undefined ? {} : { certificateSha256 }),
    ...(owner === undefined ? {} : { owner }),
  });
  driver.onStatus(() => {
    const { formats, duplex, colour, media } = driver.capabilities;
    const capabilities = { formats: [...formats], duplex, colour, media: [...media] };
    tell.facts({ capabilities, supplies: driver.supplies.map((supply) => ({ ...supply })) });
  });
  return {
    driver,
    run: async (request, _progress, options) => {
      try {
        return await driver.print(request, options);
      } finally {
        // a document of a person: this process keeps nothing of it
        request.bytes.fill(0);
      }
    },
  };
};
