import type { ScanRequest } from './contract.ts';
import type { EsclInputCaps, EsclScanSettings } from './escl-xml.ts';

/** A4 in 1/300 inch. */
const A4 = { width: 2480, height: 3508 };

/** The wish in what this input can do: the next finer resolution it has, else its finest. */
export function scanSettings(request: ScanRequest, caps: EsclInputCaps): EsclScanSettings {
  const grey =
    request.colour === 'grey' &&
    (caps.colourModes.length === 0 || caps.colourModes.includes('Grayscale8'));
  const colourMissing = caps.colourModes.length > 0 && !caps.colourModes.includes('RGB24');
  return {
    source: request.source,
    resolutionDpi: resolution(request.resolutionDpi, caps),
    colourMode: grey || colourMissing ? 'Grayscale8' : 'RGB24',
    width: Math.min(A4.width, caps.maxWidth ?? A4.width),
    height: Math.min(A4.height, caps.maxHeight ?? A4.height),
  };
}

function resolution(wanted: number, caps: EsclInputCaps): number {
  const offered = caps.resolutionsDpi;
  if (offered.length > 0) return offered.find((dpi) => dpi >= wanted) ?? offered.at(-1) ?? wanted;
  if (caps.rangeDpi) return Math.min(Math.max(wanted, caps.rangeDpi.min), caps.rangeDpi.max);
  return wanted;
}
