import { createHash } from 'node:crypto';
import type { Material, ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import type { Answers } from '../../../domain/catalogue/form.ts';
import { answerText, summarise } from '../../../domain/catalogue/summarise.ts';
import { relevantAnswers } from '../../../domain/catalogue/visible-fields.ts';
import type {
  ApplicationBody,
  AttachedFile,
  GivenMaterial,
  MaterialMeans,
  ReadSecurityCard,
} from '../../../domain/envelope/body.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { chinaMinute } from '../china-day.ts';
import type { ClearFile, ClearParts, Draft, Submission } from '../outbox/contract.ts';
import type { SummaryInput, SummaryMaker } from '../pdf/contract.ts';
import { disputedFields, signatureFields, type FormState } from './form-state.ts';
import type { Applicant, Ink, SessionData } from './session-data.ts';
import { materialsOf } from './view.ts';

/** Everything of an application at the moment of submitting: later changes on screen do not reach it. */
interface Snapshot {
  readonly service: ServiceItem;
  readonly catalogueVersion: string;
  readonly applicant: Applicant;
  readonly form: FormState;
  readonly answers: Answers;
  readonly ink: Ink;
  readonly locale: 'zh' | 'en';
  readonly materials: readonly {
    readonly id: string;
    readonly name: LocalizedText;
    readonly means: MaterialMeans;
    readonly securityCard?: ReadSecurityCard;
    readonly pages: readonly {
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly mediaType: 'image/jpeg' | 'image/png';
    }[];
  }[];
}

const MEANS_TEXT: Readonly<Record<MaterialMeans, string>> = {
  scan: '已扫描',
  readCard: '已读证件',
  commitment: '告知承诺',
  platform: '由平台核验',
  generate: '由终端生成（即本文件）',
};

/** No security module stands behind the reading, and the paper says so. */
const SECURITY_CARD_TEXT = '已读社保卡，未经安全模块验证';

function snapshotOf(data: SessionData): Snapshot | undefined {
  const { service, form, applicant, ink, catalogue } = data;
  if (!service || !form || !applicant || !ink || !catalogue) return undefined;
  const pages = data.store.pages;
  return {
    service,
    catalogueVersion: catalogue.catalogueVersion,
    applicant,
    form,
    answers: relevantAnswers(service.form, form.answers),
    ink: { ...ink, png: Uint8Array.from(ink.png) },
    locale: data.locale,
    materials: materialsOf(data).flatMap(({ material, givenBy }) => {
      if (givenBy === undefined) return [];
      const read = securityCardFor(data, material, givenBy);
      const own = pages.filter(({ materialId, aside }) => materialId === material.id && !aside);
      return [
        {
          id: material.id,
          name: material.name,
          means: givenBy,
          ...(read === undefined ? {} : { securityCard: read }),
          pages: own.map(({ bytes, mediaType }, i) => ({
            name: `material:${material.id}:${i}`,
            bytes,
            mediaType,
          })),
        },
      ];
    }),
  };
}

/** What was read of the social security card, of a material that it stands in for. */
function securityCardFor(
  { givenSecurityCard }: SessionData,
  { readFrom }: Material,
  means: MaterialMeans,
): ReadSecurityCard | undefined {
  return means === 'readCard' && readFrom === 'securityCard' ? givenSecurityCard : undefined;
}

function summaryInput(
  snapshot: Snapshot,
  draft: Draft,
  terminal: { readonly terminalId: string; readonly hall: LocalizedText },
): SummaryInput {
  const { service, form, ink } = snapshot;
  const said = new Map(disputedFields(form).map(({ field, cardValue }) => [field, cardValue]));
  return {
    serviceName: service.name,
    department: service.department.name,
    hall: terminal.hall,
    terminalId: terminal.terminalId,
    receiptNumber: draft.receiptNumber,
    submittedAt: chinaMinute(Date.parse(draft.submittedAt)),
    sections: summarise(service.form, snapshot.answers, 'zh').map(({ sectionTitle, items }) => ({
      title: sectionTitle,
      answers: items.map(({ field, label, value }) => {
        const cardValue = said.get(field);
        const schema = service.form.properties[field];
        if (cardValue === undefined || schema === undefined) return { label, value };
        return { label, value, cardValue: answerText(schema, cardValue, 'zh') };
      }),
    })),
    materials: snapshot.materials.map(({ name, means, securityCard, pages }) => ({
      name: name.zh,
      means: securityCard === undefined ? MEANS_TEXT[means] : SECURITY_CARD_TEXT,
      pages: pages.length,
    })),
    signature: {
      png: Uint8Array.from(ink.png),
      mode: ink.mode,
      ...(ink.witnessName === undefined ? {} : { witnessName: ink.witnessName }),
    },
  };
}

function bodyOf(
  snapshot: Snapshot,
  draft: Draft,
  files: ReadonlyMap<string, AttachedFile>,
): ApplicationBody {
  const file = (name: string): AttachedFile => {
    const found = files.get(name);
    if (found === undefined) throw new Error('a sealed file was not handed back');
    return found;
  };
  const { service, ink } = snapshot;
  const materials: readonly GivenMaterial[] = snapshot.materials.map((given) => ({
    materialId: given.id,
    means: given.means,
    pages:
      given.means === 'generate' ? [file('summary')] : given.pages.map(({ name }) => file(name)),
    ...(given.securityCard === undefined ? {} : { securityCard: given.securityCard }),
  }));
  return {
    v: 1,
    submissionId: draft.submissionId,
    receiptNumber: draft.receiptNumber,
    kind: 'application',
    service: {
      id: service.id,
      version: service.version,
      handleItemCode: service.codes.handleItemCode,
      catalogueVersion: snapshot.catalogueVersion,
    },
    applicant: {
      card: snapshot.applicant.card,
      doubts: snapshot.applicant.doubts,
      assurance: 'L2',
    },
    answers: snapshot.answers,
    disputed: disputedFields(snapshot.form),
    materials,
    signature: {
      mode: ink.mode,
      image: file('signature'),
      ...(ink.witnessName === undefined ? {} : { witnessName: ink.witnessName }),
    },
    summary: file('summary'),
    locale: snapshot.locale,
    submittedAt: draft.submittedAt,
  };
}

/** What the outbox needs to store the application; `undefined` while something is missing. */
export function submissionOf(
  data: SessionData,
  summaries: Pick<SummaryMaker, 'make'>,
  terminal: { readonly terminalId: string; readonly hall: LocalizedText },
): Submission | undefined {
  const snapshot = snapshotOf(data);
  const { submissionId } = data;
  if (snapshot === undefined || submissionId === undefined) return undefined;
  const { service } = snapshot;
  const compose = async (draft: Draft): Promise<ClearParts> => {
    const input = summaryInput(snapshot, draft, terminal);
    const summary = await summaries.make(input).finally(() => input.signature.png.fill(0));
    const pages = snapshot.materials.flatMap((material) => material.pages);
    const files: readonly ClearFile[] = [
      ...pages,
      { name: 'signature', bytes: snapshot.ink.png, mediaType: 'image/png' },
      { name: 'summary', bytes: summary, mediaType: 'application/pdf' },
    ];
    return { files, body: (sealed) => bodyOf(snapshot, draft, sealed) };
  };
  return {
    submissionId,
    kind: 'application',
    service: {
      id: service.id,
      handleItemCode: service.codes.handleItemCode,
    },
    compose,
    forget: () => snapshot.ink.png.fill(0),
  };
}

/** The signature fields answered by the ink, so that the whole form is whole. */
export function answersWithInk(form: FormState, ink: Ink, strokes: number): Answers {
  const answer =
    ink.mode === 'signature' ? { mode: ink.mode, strokes: String(strokes) } : { mode: ink.mode };
  return {
    ...form.answers,
    ...Object.fromEntries(signatureFields(form.service.form).map((field) => [field, answer])),
  };
}

/** SHA-256 as hex; of random salt and text only, so that nothing can be looked up in a list. */
export function saltedDigest(salt: Uint8Array, text: string): string {
  return createHash('sha256').update(salt).update(text, 'utf8').digest('hex');
}
