import { z } from 'zod';
import { type ApplicationBody, MOST_FILES } from '../../domain/envelope/body.ts';
import type { EnvelopeHeader } from '../../domain/envelope/header.ts';
import { shapeOf } from './shape-of.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const answer = z.union([
  z.string().max(4000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(100).readonly(),
  z.record(z.string().max(64), z.string().max(4000)).readonly(),
]);

const attachedFile = z.object({
  attachment: sha256.describe('SHA-256 of the ciphertext: the name of the attachment'),
  clearSha256: sha256,
  mediaType: z.enum(['image/jpeg', 'image/png', 'application/pdf']),
  size: z.int().min(0),
});

const card = z.object({
  kind: z.enum(['resident', 'hkMoTwResidence', 'foreigner2017', 'foreigner2023']),
  name: z.string().max(200),
  latinName: z.string().max(200).exactOptional(),
  sex: z.enum(['0', '1', '2', '9']),
  nationCode: z.string().max(8).exactOptional(),
  nationality: z.string().max(8).exactOptional(),
  birthDate: z.string().regex(/^\d{8}$/),
  address: z.string().max(500).exactOptional(),
  idNumber: z.string().max(40),
  issuer: z.string().max(200).exactOptional(),
  validFrom: z.string().max(20),
  validTo: z.string().max(20),
  passNumber: z.string().max(40).exactOptional(),
  issueCount: z.string().max(8).exactOptional(),
  cardVersion: z.string().max(8).exactOptional(),
  authorityCode: z.string().max(16).exactOptional(),
  formerNumberLink: z.string().max(12).exactOptional(),
});

/** The clear first line of an envelope file. */
export const envelopeHeader = shapeOf<EnvelopeHeader>()(
  z.object({
    v: z.literal(1),
    id: z.string().regex(/^[0-9a-f]{32}$/),
    kind: z.enum(['application', 'supplement', 'withdrawal', 'rating', 'question']),
    suite: z.literal('age-x25519+ed25519'),
    recipients: z.array(z.string()).readonly(),
    attachments: z.array(z.object({ sha256, size: z.int().min(0) })).readonly(),
    receiptNumber: z.string(),
    service: z.object({ id: z.string(), handleItemCode: z.string() }),
    terminalId: z.string(),
    terminalKeyId: z.string(),
    createdAt: z.string(),
    body: z.object({ sha256, size: z.int().min(0) }),
  }),
);

/** What was read of a social security card that stands in for its own picture. */
const readSecurityCard = z.object({
  card: z.object({
    number: z.string().max(18),
    name: z.string().max(100),
    birthDate: z.string().max(8).exactOptional(),
    cardNumber: z.string().max(32).exactOptional(),
    institution: z.string().max(32).exactOptional(),
    issuedOn: z.string().max(8).exactOptional(),
    validTo: z.string().max(8).exactOptional(),
  }),
  doubts: z
    .array(
      z.enum(['numberRule', 'numberBirthDateDiffers', 'nameUnreadable', 'expired', 'notYetIssued']),
    )
    .readonly(),
  readAt: z.string(),
  authenticated: z.boolean(),
});

/** The sealed part of an application, opened. */
export const applicationBody = shapeOf<ApplicationBody>()(
  z.object({
    v: z.literal(1),
    submissionId: z.string(),
    receiptNumber: z.string(),
    kind: z.literal('application'),
    service: z.object({
      id: z.string(),
      version: z.number(),
      handleItemCode: z.string(),
      catalogueVersion: z.string(),
    }),
    applicant: z.object({
      card,
      doubts: z
        .array(
          z.enum([
            'idNumberChecksum',
            'idNumberBirthDateDiffers',
            'idNumberSexDiffers',
            'expired',
            'notYetValid',
            'nationUnknown',
          ]),
        )
        .readonly(),
      assurance: z.enum(['L2', 'L3']),
    }),
    answers: z.record(z.string().max(64), answer).readonly(),
    disputed: z
      .array(z.object({ field: z.string(), cardValue: answer, statedValue: answer }))
      .readonly(),
    materials: z
      .array(
        z.object({
          materialId: z.string(),
          means: z.enum(['scan', 'readCard', 'commitment', 'platform', 'generate']),
          pages: z.array(attachedFile).readonly(),
          securityCard: readSecurityCard.exactOptional(),
        }),
      )
      .refine(
        (materials) => materials.reduce((sum, { pages }) => sum + pages.length, 2) <= MOST_FILES,
      )
      .describe(`all pages, the signature and the summary are at most ${MOST_FILES} files`)
      .readonly(),
    signature: z.object({
      mode: z.enum(['signature', 'witnessedMark']),
      image: attachedFile,
      witnessName: z.string().max(200).exactOptional(),
    }),
    summary: attachedFile,
    locale: z.enum(['zh', 'en']),
    submittedAt: z.string(),
  }),
);
