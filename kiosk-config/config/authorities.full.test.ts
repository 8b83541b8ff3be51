import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority, hasOpenssl } from '../../tests/support/certificates.ts';
import { authorityEnds, loadAuthorities, type PlatformAuthorities } from './authorities.ts';
import { problemText } from './problem.ts';

let folder = '';
let files = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bianmin-authorities-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const newFolder = (): string => {
  files += 1;
  return join(folder, String(files));
};
async function fileOf(content: string | Uint8Array): Promise<string> {
  const file = `${newFolder()}.pem`;
  await writeFile(file, content);
  return file;
}
const until = (day: string): readonly [Date, Date] => [new Date('2020-01-01'), new Date(day)];

async function refusal(file: string): Promise<string> {
  const read = await loadAuthorities(file);
  if (read.ok) throw new Error('was taken');
  expect(read.error).toHaveLength(1);
  const text = read.error.map(problemText).join('\n');
  expect(text).toContain(`${file} $.platformCaFile`);
  return text;
}

describe.skipIf(!hasOpenssl())('the file of the platform’s authorities', () => {
  it('holds one or more, among other words and with line ends of other systems', async () => {
    const old = createAuthority(newFolder(), until('2030-01-01')).ca;
    const next = createAuthority(newFolder(), until('2040-01-01')).ca;
    const one = await loadAuthorities(await fileOf(old));
    expect(one).toMatchObject({ ok: true, value: { lastUntil: Date.parse('2030-01-01') } });
    const text = `\ufeffthe old one\n${old}\nthe next one\n${next}`;
    const both = await loadAuthorities(await fileOf(text.replaceAll('\n', '\r\n')));
    if (!both.ok) throw new Error(both.error.map(problemText).join('\n'));
    expect(both.value.lastUntil).toBe(Date.parse('2040-01-01'));
    expect(both.value.pem.match(/BEGIN/g)).toHaveLength(2);
    expect(both.value.pem).not.toContain('the next one');
  });

  it('keeps the terminal from starting where it is missing, empty or no certificate, and says what to do', async () => {
    expect(await refusal(join(folder, 'nowhere.pem'))).toMatch(/找不到.*no such file/s);
    expect(await refusal(folder)).toMatch(/读不了.*cannot be read \(EISDIR\)/s);
    expect(await refusal(await fileOf(''))).toMatch(/是空的.*is empty/s);
    expect(await refusal(await fileOf(' \r\n'))).toMatch(/是空的.*is empty/s);
    const words = await refusal(await fileOf('-----BEGIN PRIVATE KEY-----\nMIIsecret\n'));
    expect(words).toMatch(/没有证书.*向平台要.*no certificate.*Ask the platform/s);
    expect(words).not.toContain('secret');
  });

  it('tells which of its certificates is damaged, cut off or of no authority', async () => {
    const authority = createAuthority(newFolder());
    const { ca } = authority;
    const [line = ''] = /^MI.{20}/m.exec(ca) ?? [];
    const damaged = await fileOf(ca + ca.replace(line, line.replaceAll(/[a-z]/g, 'A')));
    expect(await refusal(damaged)).toMatch(/第 2 张证书坏了.*Certificate 2 is damaged/s);
    const cut = await fileOf(ca + ca.slice(0, 200));
    expect(await refusal(cut)).toMatch(/不完整.*is not whole/s);
    const own = authority.issue('localhost', ...until('2040-01-01')).cert;
    expect(await refusal(await fileOf(own))).toMatch(/第 1 张.*not of an authority/s);
    // nor is one that has its authority's name
    const unsaid = 'basicConstraints = CA:FALSE\nauthorityKeyIdentifier = none';
    const named = authority.issue('Test authority', ...until('2040-01-01'), unsaid).cert;
    const { subject, issuer } = new X509Certificate(named);
    expect(subject).toBe(issuer);
    expect(await refusal(await fileOf(named))).toMatch(/第 1 张.*not of an authority/s);
    const der = execFileSync('openssl', ['x509', '-outform', 'der'], { input: ca });
    expect(await refusal(await fileOf(der))).toMatch(/DER.*openssl x509 -inform der/s);
  });

  it('may hold a certificate that a platform signed for itself, and one in between', async () => {
    const below = createAuthority(newFolder()).vouchFor(newFolder());
    expect((await loadAuthorities(await fileOf(below.ca))).ok).toBe(true);
    const own = join(folder, 'own.pem');
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
        ...['-subj', '/CN=localhost', '-addext', 'basicConstraints=critical,CA:FALSE'],
        ...['-keyout', join(folder, 'own.key'), '-out', own],
      ],
      { stdio: 'ignore' },
    );
    expect((await loadAuthorities(own)).ok).toBe(true);
  });

  it('is taken when all in it have ended: the clock may be what is wrong, and applications are still taken', async () => {
    const old = createAuthority(newFolder(), until('2021-01-01')).ca;
    const read = await loadAuthorities(await fileOf(old));
    if (!read.ok) throw new Error('was refused');
    const [end] = authorityEnds(read.value, Date.parse('2026-06-01'));
    expect(end?.code).toBe('platformCaEnded');
    expect(end?.details.map(problemText).join('\n')).toMatch(/2021-01-01 已到期.*ended on 2021/s);
  });
});
if (!hasOpenssl()) console.log('NOT RUN: authorities (kiosk-config/config): no openssl');

/** Signed itself, until 2076, by a key that nobody has kept: openssl makes no more of them everywhere. */
const VERSION_1 = `-----BEGIN CERTIFICATE-----
MIIBSTCB7wIUbLcVSO+vRlIgxGAszEPFX1wF474wCgYIKoZIzj0EAwIwJjEkMCIG
A1UEAwwbVGVzdCBhdXRob3JpdHkgb2YgdmVyc2lvbiAxMCAXDTI2MTIwMTIxNDIy
MloYDzIwNzYwMzEzMjE0MjIyWjAmMSQwIgYDVQQDDBtUZXN0IGF1dGhvcml0eSBv
ZiB2ZXJzaW9uIDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT8KSQ+9zXczpxe
no0Ffw2SRIyuaey9tkbgyflpzSysqLLgy7uY2kZQEe5oyy5RYIpUUFAgN2ulK+y6
zvTl9uWWMAoGCCqGSM49BAMCA0kAMEYCIQCP0xpFlPybq0J8/+zx3xo2Ms+TAWPw
iQ5EZIpveSt8XwIhALX+zhSWrYyAVYeN5gzRvPGidcS3SrbIzOf5lFlaZz5D
-----END CERTIFICATE-----
`;

describe('a certificate of version 1', () => {
  it('is refused: it proves nothing while the clock is wrong', async () => {
    expect(new X509Certificate(VERSION_1).subject).toBe('CN=Test authority of version 1');
    const text = await refusal(await fileOf(VERSION_1));
    expect(text).toMatch(/第 1 张证书不是第 3 版.*Certificate 1 is not of version 3/s);
  });
});

describe('the end of the platform’s authorities', () => {
  const DAY = 24 * 60 * 60 * 1000;
  const lastUntil = Date.parse('2030-06-30');
  const authorities: PlatformAuthorities = { file: '/etc/bianmin/ca.pem', pem: '', lastUntil };
  const codes = (now: number): readonly string[] =>
    authorityEnds(authorities, now).map(({ code }) => code);

  it('is told sixty days before, and when it has come', () => {
    expect(codes(lastUntil - 61 * DAY)).toEqual([]);
    expect(codes(lastUntil - 60 * DAY)).toEqual(['platformCaEndsSoon']);
    expect(codes(lastUntil - 1)).toEqual(['platformCaEndsSoon']);
    expect(codes(lastUntil)).toEqual(['platformCaEnded']);
    const [end] = authorityEnds(authorities, lastUntil - DAY);
    expect(end?.details.map(problemText)).toEqual([
      expect.stringMatching(/^\/etc\/bianmin\/ca\.pem \$\.platformCaFile\n.*2030-06-30 到期/),
    ]);
  });

  it('is nothing where none is named', () => {
    expect(authorityEnds(undefined, lastUntil)).toEqual([]);
  });
});
