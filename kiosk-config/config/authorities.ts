import { X509Certificate } from 'node:crypto';
import { ok } from '../../domain/result.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ConfigProblem, ConfigResult } from './problem.ts';
import { MAX_BYTES, readBytes, whole } from './read-file.ts';

/** The authorities that alone are trusted for the platform. */
export interface PlatformAuthorities {
  /** As the configuration names it. */
  readonly file: string;
  /** Their certificates and nothing else of the file. */
  readonly pem: string;
  /** When the last of them ends, milliseconds since 1970. */
  readonly lastUntil: number;
}

/** Without an authority that is valid, or soon, no connection to the platform holds. */
export interface AuthorityEnd {
  readonly code: 'platformCaEndsSoon' | 'platformCaEnded';
  readonly details: readonly ConfigProblem[];
}

const SETTING = '$.platformCaFile';
const DAY_MS = 24 * 60 * 60 * 1000;
/** A district's answer to a letter takes weeks. */
const TOLD_BEFORE_MS = 60 * DAY_MS;

const BEGIN = '-----BEGIN CERTIFICATE-----';
const BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** A SEQUENCE, as every certificate is that was not turned into text. */
const DER = 0x30;

const ASK: LocalizedText = {
  zh: '请向平台要签发平台证书的机构的证书（PEM）。',
  en: 'Ask the platform for the certificate of its authority (PEM).',
};

type Refuse = (zh: string, en: string, remedy?: LocalizedText) => ConfigResult<never>;

function noCertificate(bytes: Uint8Array, refuse: Refuse): ConfigResult<never> {
  if (Buffer.from(bytes).toString('latin1').trim() === '') {
    return refuse('这个文件是空的。', 'The file is empty.');
  }
  if (bytes[0] === DER) {
    return refuse('这个文件不是 PEM 文字，可能是 DER 证书。', 'Not PEM but perhaps DER.', {
      zh: '请转成 PEM：openssl x509 -inform der -in 文件 -out 新文件',
      en: 'Turn it into PEM: openssl x509 -inform der -in FILE -out NEWFILE',
    });
  }
  return refuse('这个文件里没有证书。', 'There is no certificate in the file.');
}

/** `[0] EXPLICIT INTEGER 2`, how a TBSCertificate of version 3 begins. */
const VERSION_3 = Buffer.from('a003020102', 'hex');

/**
 * Earlier ones cannot say that they are an authority's, nor what names they are for. Nor can Node say which version
 * one is of.
 */
function isVersion3({ raw }: X509Certificate): boolean {
  // both SEQUENCEs around it: a tag, then the length in one byte, or how many more bytes say it
  const inside = (at: number): number => at + 2 + Math.max((raw[at + 1] ?? 0) - 0x80, 0);
  const at = inside(inside(0));
  return raw.subarray(at, at + VERSION_3.length).equals(VERSION_3);
}

/**
 * A platform may well have signed its own certificate: then that is its authority. `checkIssued` compares names
 * alone, and whoever issues certificates may give one its own name.
 */
function signedItself(certificate: X509Certificate): boolean {
  return certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey);
}

/** What keeps a certificate from being an authority that can be trusted by name; nothing when it is one. */
function flawOf(pem: string): LocalizedText | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(pem);
  } catch {
    return { zh: '坏了，读不出来', en: 'is damaged and cannot be read' };
  }
  if (!isVersion3(certificate)) {
    return {
      zh: '不是第 3 版（X.509 v3）：机器时间不对的时候，它证明不了什么，请平台换成第 3 版的',
      en: 'is not of version 3 (X.509 v3): it proves nothing while the clock is wrong; the platform needs one that is',
    };
  }
  return certificate.ca || signedItself(certificate)
    ? undefined
    : {
        zh: '不是机构的证书（可能是平台自己的）',
        en: 'is not of an authority, but perhaps the platform’s own',
      };
}

/**
 * Reads the authorities of the platform; every way in which that fails is told, none throws. One that has ended is
 * taken: a terminal goes on taking applications without the platform, and its clock may be what is wrong
 * ({@link authorityEnds} tells it).
 *
 * @param setting - what named the file, for whoever must mend it
 */
export async function loadAuthorities(
  file: string,
  setting = SETTING,
): Promise<ConfigResult<PlatformAuthorities>> {
  const refuse: Refuse = (zh, en, remedy = ASK) => whole(file, { zh, en }, remedy, setting);
  const read = await readBytes(file, setting);
  if (!read.ok) return read;
  const text = Buffer.from(read.value.subarray(0, MAX_BYTES)).toString('latin1');
  const pems = text.match(BLOCK) ?? [];
  const begun = text.split(BEGIN).length - 1;
  if (begun === 0) return noCertificate(read.value, refuse);
  for (const [at, pem] of pems.entries()) {
    const flaw = flawOf(pem);
    if (flaw) {
      const nth = String(at + 1);
      return refuse(`第 ${nth} 张证书${flaw.zh}。`, `Certificate ${nth} ${flaw.en}.`);
    }
  }
  if (begun > pems.length) return refuse('有一张证书不完整。', 'A certificate is not whole.');
  const ends = pems.map((pem) => new X509Certificate(pem).validToDate.getTime());
  return ok({ file, pem: `${pems.join('\n')}\n`, lastUntil: Math.max(...ends) });
}

/**
 * What a technician should see of the authorities' end: that the last of them ends within 60 days, or has ended.
 * One that ends earlier is not told where another follows it.
 */
export function authorityEnds(
  authorities: PlatformAuthorities | undefined,
  now: number,
): readonly AuthorityEnd[] {
  if (authorities === undefined || authorities.lastUntil > now + TOLD_BEFORE_MS) return [];
  const { file, lastUntil } = authorities;
  const day = new Date(lastUntil).toISOString().slice(0, 10);
  const ended = lastUntil <= now;
  return [
    {
      code: ended ? 'platformCaEnded' : 'platformCaEndsSoon',
      details: [
        {
          file,
          path: SETTING,
          message: ended
            ? {
                zh: `平台证书机构的证书 ${day} 已到期，连不上平台。`,
                en: `The certificate of the platform's authority ended on ${day}: no connection holds.`,
              }
            : {
                zh: `平台证书机构的证书 ${day} 到期，到期后连不上平台。`,
                en: `The certificate of the platform's authority ends on ${day}; then no connection holds.`,
              },
          remedy: {
            zh: '请向平台要新机构的证书，加到这个文件里，重新启动。',
            en: 'Ask the platform for the next one, add it to the file, and restart.',
          },
        },
      ],
    },
  ];
}
