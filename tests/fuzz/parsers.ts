/** Whatever takes apart what a device sent, with the suites whose properties hand it any bytes. */
export interface Parser {
  readonly file: string;
  readonly suites: readonly string[];
}

function of(suites: readonly string[], ...files: readonly string[]): readonly Parser[] {
  return files.map((file) => ({
    file: `drivers/${file}`,
    suites: suites.map((one) => `drivers/${one}`),
  }));
}

/** Every parser of the drivers. What only calls these, and reads no byte itself, is not listed. */
export const PARSERS: readonly Parser[] = [
  ...of(['id-card/sdt-frame.test.ts', 'id-card/sdt-fuzz.test.ts'], 'id-card/sdt-frame.ts'),
  ...of(
    ['id-card/sdt-fuzz.test.ts', 'id-card/sam-id.test.ts'],
    'id-card/sdt-text.ts',
    'id-card/sdt-card.ts',
    'id-card/sam-id.ts',
  ),
  ...of(
    ['security-card/security-card-fuzz.test.ts'],
    'security-card/apdu.ts',
    'security-card/card-fields.ts',
    'security-card/length-frames.ts',
    'security-card/read-card.ts',
  ),
  ...of(
    ['code-scanner/fuzz.test.ts'],
    'code-scanner/code-framer.ts',
    'code-scanner/hid-report.ts',
    'code-scanner/decode-text.ts',
    'code-scanner/aim-id.ts',
  ),
  ...of(
    ['receipt-printer/status.test.ts'],
    'receipt-printer/status.ts',
    'receipt-printer/status-question.ts',
  ),
  ...of(
    ['receipt-printer/printer-fuzz.test.ts'],
    'receipt-printer/printer-identity.ts',
    'receipt-printer/picture-memory.ts',
    'receipt-printer/answer-pattern.ts',
  ),
  ...of(
    ['document-printer/ipp-reader.test.ts', 'document-printer/ipp-status.test.ts'],
    'document-printer/ipp-reader.ts',
    'document-printer/ipp-status.ts',
    'document-printer/ipp-supplies.ts',
  ),
  ...of(['document-printer/cups-spooling.test.ts'], 'document-printer/cups-spooling.ts'),
  ...of(['document-scanner/escl-xml.test.ts'], 'document-scanner/escl-xml.ts'),
  ...of(['document-scanner/sane-options.test.ts'], 'document-scanner/sane-options.ts'),
  ...of(
    ['document-scanner/sane-fuzz.test.ts'],
    'document-scanner/escl-faults.ts',
    'document-scanner/sane-faults.ts',
    'document-scanner/sane-run.ts',
    'document-scanner/jpeg.ts',
  ),
  ...of(
    ['terminal-parts/parts-line.test.ts', 'terminal-parts/parts-fuzz.test.ts'],
    'terminal-parts/parts-line.ts',
    'terminal-parts/parts-messages.ts',
  ),
  ...of(['terminal-parts/relay-frames.test.ts'], 'terminal-parts/relay-frames.ts'),
  ...of(
    ['transport/transport-fuzz.test.ts'],
    'terminal-parts/parts-hid.ts',
    'transport/usb-id.ts',
    'transport/usb-port.ts',
  ),
  ...of(['transport/usb.test.ts'], 'transport/usb-descriptor.ts'),
  ...of(
    ['detection/detection-fuzz.test.ts'],
    'detection/mdns.ts',
    'detection/plain.ts',
    'detection/plugged-usb.ts',
    'detection/serial-ports.ts',
    'hardware.ts',
  ),
];
