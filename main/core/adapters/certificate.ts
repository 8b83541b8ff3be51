import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { getCACertificates, type TLSSocket } from 'node:tls';
import { limitsOf } from './certificate-extensions.ts';

const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';
const LONGEST_CHAIN = 8;
/** Of what the far end sends, the rest is not looked at: a bundle with everything in it has fewer. */
const MOST_SENT = 32;
/** Bits of a key usage: signing certificates, and what a server does (digitalSignature, keyEncipherment, keyAgreement). */
const SIGNS_CERTIFICATES = 0x04;
const SERVES = 0x80 | 0x20 | 0x08;

function isValidAt(certificate: X509Certificate, at: number): boolean {
  return certificate.validFromDate.getTime() <= at && at <= certificate.validToDate.getTime();
}

function isNamed(certificate: X509Certificate, host: string): boolean {
  const name =
    isIP(host) > 0 ? certificate.checkIP(host) : certificate.checkHost(host, { subject: 'never' });
  return name !== undefined;
}

/** `keyUsage` is the extended one: an authority's counts for all below it, as in Node's own check. */
function isForServers({ keyUsage }: X509Certificate): boolean {
  const usage = keyUsage as readonly string[] | undefined;
  return usage === undefined || usage.includes(SERVER_AUTH);
}

function mayServe(leaf: X509Certificate): boolean {
  const limits = limitsOf(leaf.raw);
  return (
    limits !== undefined &&
    !limits.hasUnknownCritical &&
    ((limits.keyUsage ?? SERVES) & SERVES) !== 0 &&
    isForServers(leaf)
  );
}

/**
 * @param below authorities between it and the end of the chain, also those of its own name. One whose names are constrained is no authority
 * here, whatever the names: what is not understood exactly is refused.
 */
function mayIssue(issuer: X509Certificate, below: number): boolean {
  const limits = limitsOf(issuer.raw);
  return (
    issuer.ca &&
    limits !== undefined &&
    !limits.hasUnknownCritical &&
    !limits.constrainsNames &&
    below <= (limits.pathLength ?? below) &&
    ((limits.keyUsage ?? SIGNS_CERTIFICATES) & SIGNS_CERTIFICATES) !== 0 &&
    isForServers(issuer)
  );
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate, below: number): boolean {
  return (
    certificate.checkIssued(issuer) &&
    mayIssue(issuer, below) &&
    certificate.verify(issuer.publicKey)
  );
}

/**
 * What Node calls a far end that did not prove itself. Node has no word of its own for most that OpenSSL finds wrong
 * with a chain, names outside an authority's among them: `UNSPECIFIED`.
 */
const NOT_PROVED =
  /^(ERR_TLS|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERROR_IN_CERT|INVALID_(CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$|UNSPECIFIED$)/;

/** Node's word for a far end that speaks no TLS. */
export const NO_TLS = 'ERR_SSL_WRONG_VERSION_NUMBER';

/** Whether an error's code says that it was TLS that failed, not the line. */
export function isTlsCode(code: string | undefined): code is string {
  return code !== undefined && (code.startsWith('ERR_SSL') || NOT_PROVED.test(code));
}

/**
 * Whether it says that the far end did not prove itself, or speaks no TLS. With other codes of TLS a connection ends for
 * what happened on the way: a record that was spoiled, an alert of a proxy that is overloaded. The next may go well.
 */
export function isNotProvedCode(code: string | undefined): code is string {
  return code !== undefined && (code === NO_TLS || NOT_PROVED.test(code));
}

/** Settings of a connection for which these authorities alone are trusted, also one in between whose own is not named. */
export function trusting(pem: string): {
  readonly ca: string;
  readonly allowPartialTrustChain: true;
} {
  return { ca: pem, allowPartialTrustChain: true };
}

/** Trusted certificates: those pinned for the platform, else those that Node trusts. */
function roots(pinned: string | undefined): readonly X509Certificate[] {
  const texts = pinned === undefined ? getCACertificates('default') : pems(pinned);
  return texts.map((text) => new X509Certificate(text));
}

function pems(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/**
 * What the far end sent, each once. `issuerCertificate` of a peer's certificate is the next one that was sent, whoever
 * issued it: in a bundle that was put together wrongly, another.
 */
function sentWith(leaf: X509Certificate): readonly X509Certificate[] {
  const sent = new Map<string, X509Certificate>();
  let next: X509Certificate | undefined = leaf;
  for (let count = 0; next && count < MOST_SENT; count += 1) {
    if (!sent.has(next.fingerprint256)) sent.set(next.fingerprint256, next);
    next = next.issuerCertificate;
  }
  return [...sent.values()];
}

/**
 * Whether the far end of a connection proved itself at another time than this machine's, whose clock is
 * known to be wrong: a chain of signatures, dates and permitted uses up to a trusted certificate, and the right name.
 * In which order the server sends them does not matter, nor what else it sends.
 *
 * Beside Node's own check it is stricter in one thing: it does not take what has name constraints. In others it is
 * milder: it looks for any chain, where Node's follows one (an authority known by two certificates, sent with the one
 * that leads nowhere); it does not weigh the strength of keys and digests in the chain, nor policies. Where the
 * machine's clock is right, Node's own check counts and this one is not asked.
 *
 * @param at milliseconds since 1970, from the platform's signed word
 */
export function isProvedAt(
  socket: TLSSocket,
  host: string,
  at: number,
  pinned: string | undefined,
): boolean {
  const leaf = socket.getPeerX509Certificate();
  if (!leaf || !isNamed(leaf, host) || !mayServe(leaf)) return false;
  const trusted = roots(pinned).filter((root) => isValidAt(root, at));
  let unused = sentWith(leaf).filter((one) => isValidAt(one, at));
  // all that is reached over as many authorities; each is used once, where the fewest are below it
  let reached = unused.filter((one) => one.fingerprint256 === leaf.fingerprint256);
  for (let step = 0; step < LONGEST_CHAIN && reached.length > 0; step += 1) {
    const ends = reached.some((certificate) =>
      trusted.some(
        (root) =>
          root.fingerprint256 === certificate.fingerprint256 || isIssuedBy(certificate, root, step),
      ),
    );
    if (ends) return true;
    unused = unused.filter((one) => !reached.includes(one));
    reached = unused.filter((issuer) => reached.some((one) => isIssuedBy(one, issuer, step)));
  }
  return false;
}
