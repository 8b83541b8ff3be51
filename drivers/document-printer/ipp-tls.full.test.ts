import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasProgram, notRun } from '../../tests/support/not-run.ts';
import { ending, pdf, WatchedPrinter } from './conformance-support.ts';
import { IppPrinter } from './ipp-printer.ts';
import { QUICK } from './ipp-test-support.ts';
import { IppSimulator } from './simulator/ipp-simulator.ts';

const isMissing = !hasProgram('openssl');
if (isMissing) notRun('IPPS with a certificate of its own', 'openssl is not installed');

/** A key and a certificate as printers make them for themselves. */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const dir = mkdtempSync(join(tmpdir(), 'bianmin-ipps-'));
  try {
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...['-keyout', key, '-out', cert, '-days', '2', '-subj', '/CN=printer.local'],
    ]);
    if (made.status !== 0) throw new Error(String(made.stderr));
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(dir, { recursive: true });
  }
}

describe.skipIf(isMissing)('IPPS to a printer that signs its own certificate', () => {
  async function printOnce(pin: (sha256: string) => string | undefined) {
    const tls = selfSigned();
    const simulator = new IppSimulator({ tls });
    await simulator.listen(0);
    const pinned = pin(new X509Certificate(tls.cert).fingerprint256);
    const printer = new IppPrinter({
      ...QUICK,
      url: simulator.url,
      ...(pinned === undefined ? {} : { certificateSha256: pinned }),
    });
    const own = new WatchedPrinter({ printer, simulator });
    try {
      await printer.open();
      const outcome = ending(await own.print(pdf('0001')));
      return { outcome, fault: printer.status.fault?.code, jobs: simulator.state()['jobs'] };
    } finally {
      await printer.close();
      await simulator.close();
    }
  }

  it('prints where its fingerprint is known, however that is written', async () => {
    expect(await printOnce((sha256) => sha256)).toMatchObject({ outcome: 'printed', jobs: 1 });
    const plain = (sha256: string): string => sha256.replaceAll(':', '').toLowerCase();
    expect(await printOnce(plain)).toMatchObject({ outcome: 'printed', jobs: 1 });
  });

  it('sends nothing where it is another one, or none is known', async () => {
    const refused = {
      outcome: 'failed device.misconfigured',
      fault: 'device.misconfigured',
      jobs: 0,
    };
    expect(await printOnce(() => '00'.repeat(32))).toEqual(refused);
    expect(await printOnce(() => undefined)).toEqual(refused);
  });
});
