import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createAuthority,
  hasOpenssl,
  type Certificate,
  type TestAuthority,
} from '../../../tests/support/certificates.ts';
import { isNotProvedCode, isProvedAt, isTlsCode, trusting } from './certificate.ts';

let folder = '';
let authorities = 0;
let root: TestAuthority;
const own = (): string => {
  authorities += 1;
  return join(folder, String(authorities));
};
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-certificate-'));
  if (hasOpenssl()) root = createAuthority(own());
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const CA = 'basicConstraints = critical,CA:TRUE';
const NAMES = 'nameConstraints = critical,permitted;DNS';
const REVOKED = 'crlDistributionPoints = critical,URI:http://crl.example/ca.crl';
const YEARS = [new Date('2024-01-01'), new Date('2070-01-01')] as const;

/** What Node's check by the machine's right clock says of a server, and what the one at a told time says. */
async function judged(
  { key, cert }: Certificate,
  chain: string,
  pinned: string,
): Promise<{ node: boolean; told: boolean }> {
  const server = createServer({ key, cert: cert + chain });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const socket = connect({
    ...{ host: '127.0.0.1', port, servername: 'localhost', rejectUnauthorized: false },
    ...trusting(pinned),
  });
  try {
    await once(socket, 'secureConnect');
    const told = isProvedAt(socket, 'localhost', Date.now(), pinned);
    // and it is known as what it is, not as a line that dropped; Node gives a text where its types say Error
    const code = socket.authorizationError as unknown as string | null;
    expect(isTlsCode(code ?? undefined)).toBe(!socket.authorized);
    expect(isNotProvedCode(code ?? undefined)).toBe(!socket.authorized);
    return { node: socket.authorized, told };
  } finally {
    socket.destroy();
    server.close();
  }
}

/** A chain from the root through an authority with these extensions, and perhaps one more, to `localhost`. */
async function through(extensions: string, below?: string): ReturnType<typeof judged> {
  const first = root.vouchFor(own(), extensions);
  const last = below === undefined ? first : first.vouchFor(own(), below);
  const chain = last === first ? first.ca : last.ca + first.ca;
  return judged(last.issue('localhost', ...YEARS), chain, root.ca);
}

describe.skipIf(!hasOpenssl())('a certificate that is checked at a told time', () => {
  it.each([
    ['an authority in between', [CA]],
    ['two of them', [CA, CA]],
    ['one that may sign servers’ alone', [`${CA},pathlen:0\nkeyUsage = critical,keyCertSign`]],
    ['as many as the one above permits', [`${CA},pathlen:1`, `${CA},pathlen:0`]],
    ['one whose critical place of revocations is known', [`${CA}\n${REVOKED}`]],
    ['one for servers', [`${CA}\nextendedKeyUsage = serverAuth,clientAuth`]],
  ] as const)('is taken through %s, as by a right clock', async (_name, [first, below]) => {
    expect(await through(first, below)).toEqual({ node: true, told: true });
  });

  it.each([
    ['the root before the authority in between', (_own, between) => root.ca + between],
    ['an unrelated one before it', (_own, between) => createAuthority(own()).ca + between],
    ['its own certificate twice', (cert, between) => cert + between],
    ['the authorities upside down', (_own, between, above) => above + between],
  ] satisfies [string, (cert: string, between: string, above: string) => string][])(
    'is taken from a server that sends %s, as by a right clock',
    async (_name, sent) => {
      const above = root.vouchFor(own());
      const between = above.vouchFor(own());
      const leaf = between.issue('localhost', ...YEARS);
      const chain = sent(leaf.cert, between.ca, above.ca);
      expect(
        await judged(leaf, chain.includes(above.ca) ? chain : chain + above.ca, root.ca),
      ).toEqual({ node: true, told: true });
    },
  );

  it('is refused where what was sent does not lead to the root, in whatever order', async () => {
    const leaf = root.vouchFor(own()).issue('localhost', ...YEARS);
    const chain = root.ca + createAuthority(own()).ca + root.vouchFor(own()).ca;
    expect(await judged(leaf, chain, root.ca)).toEqual({ node: false, told: false });
  });

  it.each([
    ['one whose names are others', [`${CA},pathlen:0\n${NAMES}:other.example`]],
    ['one below such a one', [`${CA}\n${NAMES}:other.example`, CA]],
    ['more authorities than one permits', [`${CA},pathlen:0`, CA]],
    ['one that may not sign certificates', [`${CA}\nkeyUsage = critical,digitalSignature,cRLSign`]],
    ['one for other things than servers', [`${CA}\nextendedKeyUsage = clientAuth`]],
    ['one that says that it is none', ['basicConstraints = critical,CA:FALSE']],
    ['one that says nothing of it', ['subjectKeyIdentifier = hash']],
    ['one with a critical extension that nobody knows', [`${CA}\n1.2.3.4 = critical,ASN1:NULL`]],
  ] as const)('is refused through %s, as by a right clock', async (_name, [first, below]) => {
    expect(await through(first, below)).toEqual({ node: false, told: false });
  });

  it('is refused through one whose names are constrained even where they are right: that is not weighed', async () => {
    expect(await through(`${CA}\n${NAMES}:localhost`)).toEqual({ node: true, told: false });
  });

  it('is taken where any chain leads to the root, also where a right clock follows another one that does not', async () => {
    const cwd = own();
    const between = root.vouchFor(cwd);
    // the same authority, by its own word alone
    const command = 'x509 -req -in ca.csr -signkey ca.key -days 3650 -extfile between.ext';
    writeFileSync(join(cwd, 'between.ext'), CA);
    const alone = execFileSync('openssl', command.split(' '), { cwd, stdio: 'pipe' }).toString();
    const leaf = between.issue('localhost', ...YEARS);
    expect(await judged(leaf, alone + between.ca, root.ca)).toEqual({ node: false, told: true });
    expect(await judged(leaf, between.ca + alone, root.ca)).toEqual({ node: true, told: true });
    expect(await judged(leaf, alone, root.ca)).toEqual({ node: false, told: false });
  });

  it('is refused where only its common name says whose it is', async () => {
    const leaf = root.issue('localhost', ...YEARS, 'extendedKeyUsage = serverAuth');
    expect(await judged(leaf, '', root.ca)).toEqual({ node: true, told: false });
  });

  it.each([
    'extendedKeyUsage = clientAuth',
    'keyUsage = critical,keyCertSign',
    '1.2.3.4 = critical,ASN1:NULL',
  ])('is refused where it is not a server’s: %s', async (extensions) => {
    const leaf = root.issue('localhost', ...YEARS, `subjectAltName = DNS:localhost\n${extensions}`);
    expect(await judged(leaf, '', root.ca)).toEqual({ node: false, told: false });
  });
});
if (!hasOpenssl()) console.log('NOT RUN: certificates (main/core/adapters): no openssl');
