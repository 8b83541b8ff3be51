import { fault } from '../../../../domain/device/fault-catalogue.ts';
import { failed, type Trial, type TrialEnd } from './contract.ts';
import { jpegSize } from './jpeg-size.ts';
import { settled, unusable } from './settled.ts';

const DEADLINE_MS = 90_000;

/** Scans one page and throws it away. */
export const tryDocumentScanner: Trial = async ({ clock, devices }, signal, tell) => {
  const scanner = devices.documentScanner;
  const away = unusable(await settled(scanner, clock, signal));
  if (away !== undefined) return failed(away);
  const source = scanner.sources[0] ?? 'flatbed';
  tell({ type: 'scanning', source });
  let page: TrialEnd['page'];
  const result = await scanner.scan(
    { source, resolutionDpi: 150, colour: 'grey', maxPages: 1 },
    ({ bytes }) => {
      page = { bytes: bytes.length, ...jpegSize(bytes) };
      bytes.fill(0);
    },
    { deadlineMs: DEADLINE_MS, signal },
  );
  if (!result.ok) return failed(result.error);
  return page === undefined ? failed(fault('scanner.noPaper')) : { result: 'passed', page };
};
