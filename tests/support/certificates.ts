import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** A certificate with its key, PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** An authority made for one test, by openssl. */
export interface TestAuthority {
  /** PEM of the authority's certificate. */
  readonly ca: string;
  /** A server certificate for `name`, valid between two times; `extensions`: openssl's lines for them. */
  issue(name: string, from: Date, to: Date, extensions?: string): Certificate;
  /** An authority that this one vouches for, in a folder of its own; `extensions`: openssl's lines for them. */
  vouchFor(folder: string, extensions?: string): TestAuthority;
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

/** A key and a request for a certificate of it. */
function request(folder: string, file: string, name: string): void {
  openssl(folder, [
    ...['req', ...EC, '-subj', `/CN=${name}`],
    ...['-keyout', `${file}.key`, '-out', `${file}.csr`],
  ]);
}

/** Prepares a folder in which an authority keeps what it has signed. */
function open(folder: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'ca.cnf'), CONFIG);
  writeFileSync(join(folder, 'index.txt'), '');
  writeFileSync(join(folder, 'serial'), '01\n');
}

/** Signs a request with the folder's own key, valid between two times; `own`: with the request's. */
function sign(
  folder: string,
  file: string,
  extensions: string,
  [from, to]: readonly [Date, Date],
  own = false,
): void {
  writeFileSync(join(folder, `${file}.ext`), extensions);
  openssl(folder, [
    ...['ca', '-batch', '-notext', '-config', 'ca.cnf', '-keyfile', 'ca.key'],
    ...(own ? ['-selfsign'] : ['-cert', 'ca.pem']),
    ...['-startdate', asn1(from), '-enddate', asn1(to), '-extfile', `${file}.ext`],
    ...['-in', `${file}.csr`, '-out', `${file}.pem`],
  ]);
}

const serves = (name: string): string =>
  `subjectAltName = DNS:${name}\nextendedKeyUsage = serverAuth`;
const IS_AUTHORITY = 'basicConstraints = critical,CA:TRUE';
const FOR_EVER = [new Date('2020-01-01'), new Date('2079-01-01')] as const;

function authorityIn(folder: string): TestAuthority {
  let count = 0;
  return {
    ca: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    issue(name, from, to, extensions = serves(name)) {
      count += 1;
      const file = `server-${String(count)}`;
      request(folder, file, name);
      sign(folder, file, `${extensions}\n`, [from, to]);
      return {
        key: readFileSync(join(folder, `${file}.key`), 'utf8'),
        cert: readFileSync(join(folder, `${file}.pem`), 'utf8'),
      };
    },
    vouchFor(below, extensions = IS_AUTHORITY) {
      open(below);
      // of a name of its own: one that had the name of the one above would not count for its path length
      request(below, 'ca', `Test authority in between ${basename(below)}`);
      copyFileSync(join(below, 'ca.csr'), join(folder, 'between.csr'));
      sign(folder, 'between', `${extensions}\n`, FOR_EVER);
      copyFileSync(join(folder, 'between.pem'), join(below, 'ca.pem'));
      return authorityIn(below);
    },
  };
}

/** Makes an authority in a folder of its own, valid between two times. */
export function createAuthority(
  folder: string,
  valid: readonly [Date, Date] = FOR_EVER,
): TestAuthority {
  open(folder);
  request(folder, 'ca', 'Test authority');
  sign(folder, 'ca', `${IS_AUTHORITY}\n`, valid, true);
  return authorityIn(folder);
}
