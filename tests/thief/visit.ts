import sharp from 'sharp';
import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import type { Answers } from '../../domain/catalogue/form.ts';
import type { IdCardData } from '../../domain/identity/card.ts';
import { demoCatalogue, DEMO_HALL } from '../../kiosk-config/index.ts';
import { MaterialStore } from '../../main/core/materials/material-store.ts';
import type { Submission } from '../../main/core/outbox/contract.ts';
import type { SummaryMaker } from '../../main/core/pdf/contract.ts';
import { newForm, withAnswers } from '../../main/core/session/form-state.ts';
import { SessionData } from '../../main/core/session/session-data.ts';
import { answersWithInk, submissionOf } from '../../main/core/session/submission.ts';
import type { Chance } from '../simulation/chance.ts';
import type { Resident } from './residents.ts';

const CATALOGUE: Catalogue = demoCatalogue();
/** Services of the demo catalogue, how often each is asked for. */
const SERVICES = ['unemployment-reg', 'unemployment-reg', 'pension-enroll', 'disability-subsidy'];
const WISHES = ['保洁', '搬运工', '超市收银员', '厨师', '家政服务', '电焊工', '保安', '货车司机'];
const EMPLOYERS = [
  '重庆某某机械有限公司',
  '铜梁区某某餐饮店',
  '某某服饰厂',
  '广东省东莞市某某电子有限公司',
];
const STROKES_A_CHARACTER = 7;

/** Somebody of the list at the terminal. */
export interface Visit {
  readonly resident: Resident;
  readonly serviceId: string;
  /** Papers, each a picture as a scanner makes it: what stands on it makes little of its length. */
  readonly pages: readonly { readonly materialId: string; readonly bytes: Uint8Array }[];
  readonly answers: Answers;
  /** Milliseconds from the card to the touch of "submit". */
  readonly takesMs: number;
}

/** The card of a resident, as a reader gives it. */
export function cardOf(resident: Resident): IdCardData {
  return {
    kind: 'resident',
    name: resident.name,
    sex: resident.sex,
    nationCode: '01',
    birthDate: resident.birthDate,
    address: resident.address,
    idNumber: resident.idNumber,
    issuer: '重庆市公安局铜梁区分局',
    validFrom: '20200518',
    validTo: '20400518',
  };
}

function optionOf(serviceId: string, field: string, chance: Chance): string {
  const service = CATALOGUE.services.find(({ id }) => id === serviceId);
  return chance.pick(service?.form.properties[field]?.['x-options'] ?? []).value;
}

/** What somebody answers to a service. */
export function answersOf(resident: Resident, serviceId: string, chance: Chance): Answers {
  const common: Answers = {
    address: { division: resident.divisionCode, detail: resident.detail },
    mobile: resident.mobile,
    commit: true,
  };
  const account = (): string =>
    `62${String(chance.between(0, 1e8)).padStart(9, '0')}${String(chance.between(0, 1e7)).padStart(8, '0')}`;
  switch (serviceId) {
    case 'unemployment-reg':
      return {
        ...common,
        education: optionOf(serviceId, 'education', chance),
        regPlaceType: optionOf(serviceId, 'regPlaceType', chance),
        reason: optionOf(serviceId, 'reason', chance),
        lostDate: `2026-0${String(chance.between(1, 9))}-1${String(chance.between(0, 9))}`,
        ...(chance.often(0.5) ? { lastEmployer: chance.pick(EMPLOYERS) } : {}),
        ...(chance.often(0.6) ? { wantJob: chance.pick(WISHES) } : {}),
        wantTraining: chance.often(0.5),
      };
    case 'pension-enroll':
      return {
        ...common,
        groupType: chance.often(0.2) ? [optionOf(serviceId, 'groupType', chance)] : [],
        payTier: optionOf(serviceId, 'payTier', chance),
        bankAccount: account(),
      };
    default:
      return {
        ...common,
        disabilityCertNo: `${resident.idNumber}${String(chance.between(1, 7))}${String(chance.between(1, 4))}`,
        kinds: [optionOf(serviceId, 'kinds', chance)],
        bankAccount: account(),
        isProxy: false,
      };
  }
}

/** Papers that have to be scanned for a service. */
function papersOf(serviceId: string, chance: Chance): readonly string[] {
  if (serviceId === 'pension-enroll') return chance.often(0.6) ? ['household', 'household'] : [];
  return serviceId === 'disability-subsidy' ? ['discert', 'bankcard'] : [];
}

/** Characters of a resident that stand on papers, or are typed. */
export function lettersOf({ name, address, detail }: Resident): number {
  return Array.from(name + address + detail).length;
}

/** A visit of a resident: which service, which papers, which answers. */
export function visitOf(resident: Resident, chance: Chance): Visit {
  const serviceId = chance.pick(SERVICES);
  const papers = papersOf(serviceId, chance);
  // a bell out of four dice: most take one to two minutes, and each letter that is typed about a second
  const spread = [1, 2, 3, 4].reduce((sum) => sum + chance.fraction(), 0) / 4;
  return {
    resident,
    serviceId,
    answers: answersOf(resident, serviceId, chance),
    pages: papers.map((materialId) => ({
      materialId,
      bytes: chance.bytes(12_000 + chance.between(0, 90_000) + 60 * lettersOf(resident)),
    })),
    takesMs: Math.round(40_000 + spread * 110_000) + 900 * Array.from(resident.detail).length,
  };
}

/** Ink of a signature; a longer name has more strokes. PNG. */
export async function inkOf(name: string, chance: Chance): Promise<Uint8Array> {
  const characters = Array.from(name);
  const strokes = characters.flatMap((_, at) =>
    Array.from({ length: STROKES_A_CHARACTER }, () => {
      const left = 30 + (at * 540) / characters.length;
      const point = (): string =>
        `${String(left + chance.between(0, 120))} ${String(chance.between(30, 210))}`;
      return `<path d="M${point()} Q${point()} ${point()}" stroke="#000" stroke-width="6" fill="none"/>`;
    }),
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="600" height="240"><rect width="600" height="240" fill="#fff"/>${strokes.join('')}</svg>`;
  return sharp(Buffer.from(svg)).grayscale().png().toBuffer();
}

/** The submission of a visit, composed by the session's own code. */
export async function composeVisit(
  visit: Visit,
  parts: {
    readonly submissionId: string;
    readonly summaries: Pick<SummaryMaker, 'make'>;
    readonly terminalId: string;
    readonly chance: Chance;
  },
): Promise<Submission> {
  const { chance } = parts;
  const service = CATALOGUE.services.find(({ id }) => id === visit.serviceId);
  if (!service) throw new Error('no such service');
  const card = cardOf(visit.resident);
  const data = new SessionData(new MaterialStore({ bytes: (length) => chance.bytes(length) }));
  const ink = { mode: 'signature' as const, png: await inkOf(card.name, chance) };
  data.catalogue = CATALOGUE;
  data.applicant = { card, doubts: [] };
  data.service = service;
  const form = withAnswers(newForm(service, { applicant: card }), visit.answers);
  data.form = { ...form, answers: answersWithInk(form, ink, STROKES_A_CHARACTER) };
  data.ink = ink;
  data.submissionId = parts.submissionId;
  data.committed = new Set(visit.pages.length === 0 ? ['household'] : []);
  for (const { materialId, bytes } of visit.pages) {
    data.store.add(materialId, {
      kind: 'page',
      bytes: Uint8Array.from(bytes),
      mediaType: 'image/jpeg',
      preview: new Uint8Array(1),
      fingerprint: new Uint8Array(1),
      source: 'scanner',
      advice: [],
      width: 1240,
      height: 1754,
    });
  }
  const { terminalId, summaries } = parts;
  const submission = submissionOf(data, summaries, { terminalId, hall: DEMO_HALL.name });
  if (!submission) throw new Error('something of the visit is missing');
  return submission;
}
