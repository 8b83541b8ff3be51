import { Encrypter } from 'age-encryption';
import type { Answers } from '../../domain/catalogue/form.ts';
import type { ApplicationBody, AttachedFile } from '../../domain/envelope/body.ts';
import { type EnvelopeHeader, envelopeFraming } from '../../domain/envelope/header.ts';
import { formatReceiptNumber } from '../../domain/receipt/number.ts';
import { encodeReceiptToken } from '../../domain/receipt/token.ts';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { newSubmissionId, sha256, type TestTerminal } from './terminal.ts';

/** A synthetic person's answers to unemployment-reg, all right on any day after 2026-10-31. */
export const GOOD_ANSWERS: Answers = {
  name: '龚𬱖玲',
  idNo: '500199198509260043',
  gender: '2',
  birthDate: '1985-09-26',
  address: { division: '500151001', detail: '某路1号' },
  mobile: '13800000000',
  education: '70',
  regPlaceType: 'hukou',
  reason: 'contractEnd',
  lostDate: '2026-10-31',
  lastEmployer: '某某公司',
  wantJob: '保洁',
  wantTraining: false,
  commit: true,
  signature: { mode: 'signature', strokes: '9' },
};

/** What differs from an ordinary application. */
export interface ApplicationOptions {
  readonly service?: string;
  readonly answers?: Answers;
  readonly name?: string;
  readonly sequence?: number;
  readonly createdAt?: Date;
  readonly submissionId?: string;
  /** Clear bytes of the signature and of the summary; any bytes will do where nobody looks. */
  readonly ink?: Uint8Array;
  readonly summary?: Uint8Array;
  readonly materials?: readonly {
    readonly materialId: string;
    readonly means: ApplicationBody['materials'][number]['means'];
    readonly pages: readonly {
      readonly bytes: Uint8Array;
      readonly mediaType: AttachedFile['mediaType'];
    }[];
  }[];
  readonly changeBody?: (body: ApplicationBody) => unknown;
  /** What is sealed, before it is hashed and signed. */
  readonly changeSealed?: (
    sealed: Uint8Array,
    of: 'envelopes' | 'attachments',
  ) => Uint8Array | Promise<Uint8Array>;
  readonly changeHeader?: (header: EnvelopeHeader) => EnvelopeHeader;
}

/** An application as it lies in a terminal's outbox. */
export interface SealedApplication {
  readonly submissionId: string;
  readonly receiptNumber: string;
  readonly envelope: Buffer;
  readonly envelopeSha256: string;
  /** Sealed bytes. */
  readonly attachments: readonly Uint8Array[];
  /** Text of the receipt's QR code, without an address. */
  readonly receiptToken: string;
}

async function seal(recipients: readonly string[], clear: Uint8Array): Promise<Uint8Array> {
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return encrypter.encrypt(clear);
}

function attach(
  sealed: Uint8Array,
  clear: Uint8Array,
  mediaType: AttachedFile['mediaType'],
): AttachedFile {
  return {
    attachment: sha256(sealed),
    clearSha256: sha256(clear),
    mediaType,
    size: clear.length,
  };
}

function yymmdd(date: Date): string {
  return new Date(date.getTime() + 8 * 3600_000).toISOString().slice(2, 10).replaceAll('-', '');
}

/** Recipients out of the platform's key bundle. */
export async function recipientsOf(terminal: TestTerminal) {
  const jws = await (await terminal.request('/v1/bundles/keys')).text();
  const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    content: { recipients: readonly { id: string; recipient: string }[] };
  };
  return payload.content.recipients;
}

let lastSequence = 0;

/** Makes and seals an application as a terminal would. */
export async function sealApplication(
  terminal: TestTerminal,
  options: ApplicationOptions = {},
): Promise<SealedApplication> {
  const recipients = await recipientsOf(terminal);
  const to = recipients.map(({ recipient }) => recipient);
  const createdAt = options.createdAt ?? new Date();
  const submissionId = options.submissionId ?? newSubmissionId();
  lastSequence += 1;
  const receiptNumber = formatReceiptNumber({
    region: terminal.place.slice(0, 9),
    terminal: terminal.place.slice(9),
    date: yymmdd(createdAt),
    sequence: options.sequence ?? lastSequence,
  });
  const catalogue = demoCatalogue();
  const serviceId = options.service ?? 'unemployment-reg';
  const service = catalogue.services.find(({ id }) => id === serviceId);
  if (!service) throw new Error('no such service');
  const attachments: Uint8Array[] = [];
  const changed: NonNullable<typeof options.changeSealed> = (sealed, of) =>
    options.changeSealed?.(sealed, of) ?? sealed;
  const add = async (bytes: Uint8Array, mediaType: AttachedFile['mediaType']) => {
    const sealed = await changed(await seal(to, bytes), 'attachments');
    attachments.push(sealed);
    return attach(sealed, bytes, mediaType);
  };
  const materials = [];
  for (const material of options.materials ?? [
    { materialId: 'idcard', means: 'readCard' as const, pages: [] },
  ]) {
    const pages = [];
    for (const { bytes, mediaType } of material.pages) pages.push(await add(bytes, mediaType));
    materials.push({ ...material, pages });
  }
  const answers = options.answers ?? GOOD_ANSWERS;
  const name = options.name ?? (typeof answers['name'] === 'string' ? answers['name'] : '龚大福');
  const body: ApplicationBody = {
    v: 1,
    submissionId,
    receiptNumber,
    kind: 'application',
    service: {
      id: serviceId,
      version: service.version,
      handleItemCode: service.codes.handleItemCode,
      catalogueVersion: catalogue.catalogueVersion,
    },
    applicant: {
      card: {
        kind: 'resident',
        name,
        sex: '2',
        nationCode: '01',
        birthDate: '19850926',
        address: '重庆市铜梁区巴川街道某路1号',
        idNumber: '500199198509260043',
        issuer: '重庆市公安局铜梁区分局',
        validFrom: '20160301',
        validTo: '20360301',
      },
      doubts: [],
      assurance: 'L2',
    },
    answers: options.name === undefined ? answers : { ...answers, name },
    disputed: [],
    materials,
    signature: {
      mode: 'signature',
      image: await add(options.ink ?? Buffer.from(`ink ${submissionId}`), 'image/png'),
    },
    summary: await add(options.summary ?? Buffer.from(`pdf ${submissionId}`), 'application/pdf'),
    locale: 'zh',
    submittedAt: createdAt.toISOString(),
  };
  const clear = Buffer.from(JSON.stringify(options.changeBody?.(body) ?? body));
  const padded = Buffer.concat([clear, Buffer.alloc(4096 - (clear.length % 4096), ' ')]);
  const sealedBody = await changed(await seal(to, padded), 'envelopes');
  const header: EnvelopeHeader = {
    v: 1,
    id: submissionId,
    kind: 'application',
    suite: 'age-x25519+ed25519',
    recipients: recipients.map(({ id }) => id),
    attachments: attachments.map((bytes) => ({ sha256: sha256(bytes), size: bytes.length })),
    receiptNumber,
    service: { id: serviceId, handleItemCode: service.codes.handleItemCode },
    terminalId: terminal.enrolment.terminalId,
    terminalKeyId: terminal.key.keyId,
    createdAt: createdAt.toISOString(),
    body: { sha256: sha256(sealedBody), size: sealedBody.length },
  };
  const framing = envelopeFraming(
    Buffer.from(JSON.stringify(options.changeHeader?.(header) ?? header)),
  );
  const envelope = Buffer.concat([framing.line(terminal.sign(framing.signedBytes)), sealedBody]);
  const envelopeSha256 = sha256(envelope);
  const receipt = encodeReceiptToken({
    receiptNumber,
    basicCode: service.codes.basicCode,
    issuedAt: Math.floor(createdAt.getTime() / 1000),
    envelopePrefix: envelopeSha256.slice(0, 16),
    keyId: terminal.key.keyId,
  });
  return {
    submissionId,
    receiptNumber,
    envelope,
    envelopeSha256,
    attachments,
    receiptToken: receipt.withSignature(terminal.sign(receipt.signedBytes)),
  };
}

/** Uploads the attachments, then the envelope. */
export async function deliver(
  terminal: TestTerminal,
  application: SealedApplication,
): Promise<Response> {
  for (const bytes of application.attachments) await terminal.upload(bytes);
  return terminal.put(application.submissionId, application.envelope);
}
