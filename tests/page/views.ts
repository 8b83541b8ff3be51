import type { Material, ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { Answers } from '../../domain/catalogue/form.ts';
import { prefill } from '../../domain/catalogue/prefill.ts';
import { materialHandling, visibleMaterials } from '../../domain/catalogue/visible-materials.ts';
import type { IdCardData } from '../../domain/identity/card.ts';
import { maskIdNumber } from '../../domain/identity/mask.ts';
import { maskName } from '../../domain/identity/names.ts';
import { displayForm } from '../../domain/identity/private-use.ts';
import { fault } from '../../domain/device/fault-catalogue.ts';
import { DEVICE_CLASSES } from '../../domain/device/status.ts';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import type { MaterialView, SessionView } from '../../main/contract/session-view.ts';
import type { FaultView, TerminalView } from '../../main/contract/shapes.ts';

/** The catalogue of the demo. */
export const catalogue = demoCatalogue();

/** One of its services. */
export function service(id: string): ServiceItem {
  return catalogue.services.find((candidate) => candidate.id === id)!;
}

/** A terminal on which nothing was set up. */
const NO_DEVICES = Object.fromEntries(
  DEVICE_CLASSES.map((device) => [device, { state: 'noDevice' }]),
) as TerminalView['devices'];

/** A terminal with everything in order that most terminals have. */
export function terminalView(): TerminalView {
  const online = { state: 'online' } as const;
  return {
    terminalId: '500151101001',
    hall: { zh: '土桥镇便民服务中心', en: 'Tuqiao Town Service Centre' },
    softwareVersion: '0.1.0',
    environment: 'demo',
    link: 'online',
    devices: {
      ...NO_DEVICES,
      idCard: online,
      receiptPrinter: { state: 'online', paper: 'full' },
      documentScanner: online,
    },
    camera: null,
    catalogue: {
      version: catalogue.catalogueVersion,
      publishedAt: catalogue.publishedAt,
    },
    taking: 'yes',
    waitingItems: 0,
    keyboardScanner: false,
    keyboardPrefix: null,
    waitingScanner: false,
    helpCalledSince: null,
    problems: [],
    serverTime: new Date().toISOString(),
  };
}

/** A fault as the page gets it. */
export function faultView(code: Parameters<typeof fault>[0]): FaultView {
  const { cause, remedy } = fault(code);
  return { code, cause, remedy };
}

/** A synthetic person (the area code is not in use). */
export const person: IdCardData = {
  kind: 'resident',
  name: '陈䶮',
  sex: '1',
  nationCode: '01',
  birthDate: '19920118',
  address: '重庆市铜梁区土桥镇示例路12号3栋2单元501室',
  idNumber: '500199199201180033',
  issuer: '重庆市公安局铜梁分局',
  validFrom: '20200101',
  validTo: '20400101',
};

/** The person as the page sees them. */
export const applicant: NonNullable<SessionView['applicant']> = {
  name: person.name,
  displayName: displayForm(person.name),
  maskedName: maskName(person.name),
  maskedIdNumber: maskIdNumber(person.idNumber),
  sex: '1',
  birthDate: '1992-01-18',
  doubts: [],
  photo: null,
};

/** A session that has just begun. */
export function sessionView(part: Partial<SessionView> = {}): SessionView {
  return {
    sessionId: 'session-1',
    revision: 1,
    step: 'identify',
    locale: 'zh',
    catalogueVersion: '',
    card: { state: 'none' },
    applicant: null,
    serviceId: null,
    answers: {},
    sources: {},
    disputed: [],
    fieldErrors: [],
    notEligible: [],
    materials: [],
    scan: null,
    securityCard: { state: 'none' },
    phone: null,
    signature: null,
    submissionId: null,
    receipt: null,
    idle: { state: 'active', endsAt: null },
    notice: 'none',
    ...part,
  };
}

/** A session of an identified person. */
export function identified(part: Partial<SessionView> = {}): SessionView {
  return sessionView({ step: 'find', card: { state: 'read' }, applicant, ...part });
}

/** A session at the form of a service, filled by the card. */
export function atForm(id: string, part: Partial<SessionView> = {}): SessionView {
  const { answers, sources } = prefill(service(id).form, { applicant: person });
  const drawn = Object.entries(sources).map(([field, source]): [string, 'card' | 'computed'] => [
    field,
    source.startsWith('card.') ? 'card' : 'computed',
  ]);
  return identified({
    step: 'form',
    serviceId: id,
    catalogueVersion: catalogue.catalogueVersion,
    answers: answers,
    sources: Object.fromEntries(drawn),
    ...part,
  });
}

/** What somebody answers; valid in form and belonging to nobody. */
export const ANSWERS: Readonly<Record<string, Answers>> = {
  'unemployment-reg': {
    address: { division: '500151101', detail: '示例村3组12号' },
    mobile: '13800138000',
    education: '70',
    regPlaceType: 'hukou',
    reason: service('unemployment-reg').form.properties['reason']!.enum![0]!,
    lostDate: '2026-10-08',
    lastEmployer: '示例机械厂',
    wantJob: '保洁员',
    wantTraining: true,
    commit: true,
  },
  'pension-enroll': {
    address: { division: '500151101', detail: '示例村3组12号' },
    mobile: '13800138000',
    payTier: service('pension-enroll').form.properties['payTier']!.enum![0]!,
    bankAccount: '6222020000000000008',
    commit: true,
  },
  'disability-subsidy': {
    address: { division: '500151101', detail: '示例村3组12号' },
    mobile: '13800138000',
    disabilityCertNo: '50019919920118003342',
    disabilityType: '4',
    disabilityLevel: '2',
    kinds: ['life', 'care'],
    bankAccount: '6222020000000000008',
    isProxy: false,
    commit: true,
  },
};

/** The materials of a service as they stand when nothing was given yet. */
export function materialViews(id: string, answers: Answers): MaterialView[] {
  const here = new Set(['readCard', 'scan', 'generate'] as const);
  const visible = visibleMaterials(service(id), answers);
  const isCard = (material: Material): boolean => materialHandling(material, here) === 'readCard';
  // of a group of which the card is one, the others are left out
  const byCard = new Set(visible.filter(isCard).map(({ anyOfGroup }) => anyOfGroup));
  const asked = visible.filter((material) => {
    return (
      material.anyOfGroup === undefined || isCard(material) || !byCard.has(material.anyOfGroup)
    );
  });
  return asked.map((material) => {
    const way = materialHandling(material, here);
    const means =
      way === 'readCard'
        ? 'card'
        : way === 'generate'
          ? 'terminal'
          : way === 'platform'
            ? 'platform'
            : 'paper';
    return {
      materialId: material.id,
      means,
      given: means === 'paper' ? 'notYet' : 'given',
      required: material.necessity === 1,
      securityCard: material.readFrom === 'securityCard' ? 'possible' : 'no',
      commitmentPossible: material.commitmentReplace === true,
      pages: [],
    };
  });
}

/** A session with a filled form, at a later step. */
export function filled(id: string, part: Partial<SessionView> = {}): SessionView {
  const form = atForm(id);
  const answers = { ...form.answers, ...ANSWERS[id] } as SessionView['answers'];
  return { ...form, step: 'materials', answers, materials: materialViews(id, answers), ...part };
}

/** A session whose application is stored. */
export function stored(
  id: string,
  receipt: Partial<NonNullable<SessionView['receipt']>> = {},
  part: Partial<SessionView> = {},
): SessionView {
  return filled(id, {
    step: 'receipt',
    signature: { mode: 'signature' },
    receipt: {
      receiptNumber: '50015110100126112400017',
      qr: 'https://platform.example/r#AQAAAAEBAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4fICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj9AQUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpbXF1eX2BhYmNkZWZnaGlqa2xtbm9wcXJzdHV2d3h5ent8fX5_gIE',
      submittedAt: '2026-11-24T02:08:00.000Z',
      serviceId: id,
      maskedName: applicant.maskedName,
      delivery: 'received',
      print: { state: 'printed' },
      sheet: null,
      ...receipt,
    },
    ...part,
  });
}
