import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority made for one test, by openssl. */
export interface TestAuthority {
  /** PEM of the authority's certificate. */
  readonly ca: string;
  /** A server certificate for `name`, valid between two times. */
  issue(name: string, from: Date, to: Date): Certificate;
}

const CONFIG = `
[ca]
default_ca = it
[it]
dir = .
database = index.txt
new_certs_dir = .
serial = serial
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
`;

const openssl = (folder: string, args: readonly string[]): void => {
  execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
};
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
/** `YYYYMMDDHHMMSSZ` */
const asn1 = (date: Date): string => date.toISOString().replaceAll(/[-:T]|\.\d+/g, '');

/** Whether certificates can be made here. */
export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Makes an authority in a folder of its own. */
export function createAuthority(folder: string): TestAuthority {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.cnf'), CONFIG);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
  openssl(folder, [
    ...['req', '-x509', ...EC, '-days', '20000', '-subj', '/CN=Test authority'],
    ...['-keyout', 'ca.key', '-out', 'ca.pem'],
  ]);
  let count = 0;
  return {
    ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    issue(name, from, to) {
      count += 1;
      const file = `server-${String(count)}`;
      writeFileSync(
        join(folder, `${file}.ext`),
        `subjectAltName = DNS:${name}\nextendedKeyUsage = serverAuth\n`,
      );
      openssl(folder, [
        ...['req', ...EC, '-subj', `/CN=${name}`],
        ...['-keyout', `${file}.key`, '-out', `${file}.csr`],
      ]);
      openssl(folder, [
        ...[
          'ca',
          '-batch',
          '-notext',
          '-config',
          'ca.cnf',
          '-cert',
          'ca.pem',
          '-keyfile',
          'ca.key',
        ],
        ...['-startdate', asn1(from), '-enddate', asn1(to), '-extfile', `${file}.ext`],
        ...['-in', `${file}.csr`, '-out', `${file}.pem`],
      ]);
      return {
        key: readFileSync(join(folder, `${file}.key`), 'utf8'),
        cert: readFileSync(join(folder, `${file}.pem`), 'utf8'),
      };
    },
  };
}
