import type { MaterialPageView, SessionView } from '../../main/contract/session-view.ts';
import type { TerminalView } from '../../main/contract/shapes.ts';
import {
  applicant,
  atForm,
  faultView,
  filled,
  identified,
  sessionView,
  stored,
  terminalView,
} from './views.ts';

/** One state of the page worth looking at. */
export interface Scene {
  readonly session: SessionView | null;
  readonly terminal?: Partial<TerminalView>;
}

const { devices } = terminalView();
const away: Partial<TerminalView> = {
  link: 'offline',
  devices: {
    ...devices,
    idCard: { state: 'offline', fault: faultView('device.offline') },
    receiptPrinter: { state: 'online', paper: 'out', fault: faultView('printer.paperOut') },
    documentScanner: { state: 'offline', fault: faultView('device.offline') },
  },
};
const noScanner: Partial<TerminalView> = {
  devices: {
    ...devices,
    documentScanner: { state: 'offline', fault: faultView('device.offline') },
  },
};

const camera = { label: 'Camera', minWidth: 1600, stillMs: 1_000, rotate: 0 } as const;
const withCamera: Partial<TerminalView> = {
  camera,
  devices: { ...devices, documentCamera: { state: 'online' } },
};
const onlyCamera: Partial<TerminalView> = {
  camera,
  devices: { ...devices, ...noScanner.devices, documentCamera: { state: 'online' } },
};
const cardReader: Partial<TerminalView> = {
  devices: { ...devices, securityCard: { state: 'online' } },
};

/** The citizen's phone sends, or is about to. */
function withPhone(phone: Partial<NonNullable<SessionView['phone']>>): SessionView {
  const materialId = firstPaper('disability-subsidy');
  const opening = {
    materialId,
    state: 'opening',
    url: null,
    pagesSoFar: 0,
    unreadable: 0,
  } as const;
  return { ...filled('disability-subsidy'), phone: { ...opening, ...phone } };
}

function onePage(
  pageId: string,
  advice: MaterialPageView['advice'],
  aside = false,
): MaterialPageView {
  return { pageId, width: 744, height: 1052, source: 'scanner', advice, aside };
}

/** Papers of pension-enroll or disability-subsidy with some of them given. */
function withPages(
  id: string,
  pages: MaterialPageView[] = [onePage('page-1', []), onePage('page-2', [])],
): SessionView {
  const view = filled(id);
  let given = false;
  return {
    ...view,
    materials: view.materials.map((material) => {
      if (material.means !== 'paper' || given) return material;
      given = true;
      return {
        ...material,
        given: 'given',
        pages,
      };
    }),
  };
}

const firstPaper = (id: string): string =>
  filled(id).materials.find(({ means }) => means === 'paper')?.materialId ?? '';

/** Every screen, and every state of it that looks different. */
export const SCENES: Readonly<Record<string, Scene>> = {
  attract: { session: null },
  'attract-everything-away': { session: null, terminal: away },
  'attract-closed': { session: null, terminal: { taking: 'noCatalogue', catalogue: null } },
  'attract-not-taking': { session: null, terminal: { taking: 'backlogFull' } },
  identify: { session: sessionView() },
  'identify-reading': { session: sessionView({ card: { state: 'reading' } }) },
  'identify-failed': {
    session: sessionView({ card: { state: 'failed', fault: faultView('idCard.removedEarly') } }),
  },
  'identify-left-behind': { session: sessionView({ card: { state: 'leftBehind' } }) },
  'identify-reader-away': {
    session: sessionView({ serviceId: 'unemployment-reg' }),
    terminal: away,
  },
  find: { session: identified() },
  'find-doubts': {
    session: identified({
      applicant: {
        ...applicant,
        doubts: ['expired', 'idNumberSexDiffers'],
        photo: 'a-photo-of-a-card',
      },
    }),
  },
  'find-without-card': { session: sessionView({ step: 'find' }) },
  guide: { session: identified({ step: 'guide', serviceId: 'unemployment-reg' }) },
  'guide-pension': { session: identified({ step: 'guide', serviceId: 'pension-enroll' }) },
  'guide-disability-away': {
    session: identified({ step: 'guide', serviceId: 'disability-subsidy' }),
    terminal: away,
  },
  'guide-not-eligible': {
    session: identified({
      step: 'guide',
      serviceId: 'pension-enroll',
      notEligible: [{ rule: 'ageMin', value: 16 }],
    }),
  },
  'materials-nothing': { session: filled('unemployment-reg') },
  materials: { session: filled('disability-subsidy') },
  'materials-pages': { session: withPages('disability-subsidy') },
  'materials-advice': {
    session: withPages('disability-subsidy', [
      onePage('page-1', ['blurred', 'cutCorner']),
      onePage('page-2', ['blank'], true),
      { ...onePage('page-1', ['glare', 'skewed']), source: 'camera' },
    ]),
  },
  'materials-scanning': {
    session: filled('disability-subsidy', {
      scan: { materialId: firstPaper('disability-subsidy'), state: 'scanning', pagesSoFar: 1 },
    }),
  },
  'materials-phone': {
    session: withPhone({
      state: 'waiting',
      url: `https://platform.example/p/${'A'.repeat(22)}#${'B'.repeat(87)}`,
    }),
  },
  'materials-phone-failed': {
    session: withPhone({ state: 'failed', pagesSoFar: 1, unreadable: 1 }),
  },
  'materials-failed': {
    session: filled('disability-subsidy', {
      scan: {
        materialId: firstPaper('disability-subsidy'),
        state: 'failed',
        pagesSoFar: 0,
        fault: faultView('scanner.jam'),
      },
    }),
  },
  'materials-camera': { session: filled('disability-subsidy'), terminal: withCamera },
  'materials-only-camera': { session: filled('pension-enroll'), terminal: onlyCamera },
  'materials-scanner-away': { session: filled('pension-enroll'), terminal: noScanner },
  'materials-no-scanner-no-commitment': {
    session: filled('disability-subsidy'),
    terminal: noScanner,
  },
  'materials-committed': {
    session: filled('pension-enroll', {
      materials: filled('pension-enroll').materials.map((material) =>
        material.means === 'paper' ? { ...material, given: 'committed' } : material,
      ),
    }),
  },
  'materials-security-card': { session: filled('disability-subsidy'), terminal: cardReader },
  'materials-security-card-other': {
    session: filled('disability-subsidy', { securityCard: { state: 'otherPerson' } }),
    terminal: cardReader,
  },
  'materials-security-card-failed': {
    session: filled('disability-subsidy', {
      securityCard: { state: 'failed', fault: faultView('securityCard.unknownKind') },
    }),
    terminal: cardReader,
  },
  'materials-security-card-read': {
    session: filled('disability-subsidy', {
      materials: filled('disability-subsidy').materials.map((material) =>
        material.securityCard === 'possible'
          ? { ...material, given: 'given', securityCard: 'read' }
          : material,
      ),
    }),
    terminal: cardReader,
  },
  sign: { session: filled('unemployment-reg', { step: 'sign' }) },
  review: {
    session: filled('disability-subsidy', {
      step: 'review',
      signature: { mode: 'signature' },
      disputed: ['hukouAddress'],
    }),
  },
  'review-offline': {
    session: filled('unemployment-reg', {
      step: 'review',
      signature: { mode: 'witnessedMark' },
      notice: 'storeFailed',
    }),
    terminal: { link: 'offline' },
  },
  submitting: { session: filled('unemployment-reg', { step: 'submitting' }) },
  receipt: { session: stored('unemployment-reg') },
  'receipt-waiting-failed': {
    session: stored('pension-enroll', {
      delivery: 'waiting',
      print: { state: 'failed', fault: faultView('printer.paperOut') },
    }),
    terminal: { link: 'offline' },
  },
  'receipt-cover-open': {
    session: stored('unemployment-reg', {
      print: { state: 'failed', fault: faultView('printer.coverOpen') },
    }),
  },
  'receipt-to-take': {
    session: stored('unemployment-reg', { print: { state: 'printed', ticket: 'waiting' } }),
  },
  'receipt-not-taken': {
    session: stored('unemployment-reg', { print: { state: 'printed', ticket: 'retracted' } }),
  },
  'receipt-left': {
    session: stored('unemployment-reg', { print: { state: 'printed', ticket: 'left' } }),
  },
  'receipt-unknown': {
    session: stored('disability-subsidy', {
      delivery: 'waiting',
      print: { state: 'unknown', fault: faultView('printer.unconfirmed') },
    }),
  },
  'receipt-stopped': {
    session: stored('unemployment-reg', {
      print: { state: 'unknown', fault: faultView('printer.paperOut') },
    }),
  },
  'receipt-held': {
    session: stored('unemployment-reg', { delivery: 'held', paperOutdated: true }),
  },
  'receipt-held-failed': {
    session: stored('disability-subsidy', {
      delivery: 'held',
      print: { state: 'failed', fault: faultView('printer.paperOut') },
    }),
  },
  'receipt-printing': {
    session: stored('unemployment-reg', { delivery: 'waiting', print: { state: 'printing' } }),
  },
  goodbye: { session: sessionView({ step: 'goodbye' }) },
  'goodbye-security-card': {
    session: sessionView({ step: 'goodbye', securityCard: { state: 'leftBehind' } }),
  },
  'goodbye-left-behind': {
    session: sessionView({ step: 'goodbye', card: { state: 'leftBehind' } }),
  },
  'idle-warning': {
    session: atForm('unemployment-reg', {
      idle: { state: 'warning', endsAt: new Date(Date.now() + 600_000).toISOString() },
    }),
  },
  'receipt-after-restart': {
    session: stored(
      'unemployment-reg',
      { delivery: 'waiting', maskedName: null, print: { state: 'unknown' } },
      { applicant: null, notice: 'storedBefore', submissionId: 'a'.repeat(32) },
    ),
  },
  'form-after-restart': { session: atForm('unemployment-reg', { notice: 'coreRestarted' }) },
};
