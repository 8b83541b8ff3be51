import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import { unmetEligibility } from '../../../domain/catalogue/eligibility.ts';
import type { FieldError } from '../../../domain/catalogue/form.ts';
import { fromCompactDate } from '../../../domain/catalogue/relative-date.ts';
import type { FormValidator } from '../../../domain/catalogue/validate.ts';
import type { Fault } from '../../../domain/device/fault.ts';
import { maskIdNumber } from '../../../domain/identity/mask.ts';
import { maskName } from '../../../domain/identity/names.ts';
import { displayForm } from '../../../domain/identity/private-use.ts';
import type {
  ApplicantView,
  ReceiptView,
  SessionStep,
  SessionView,
} from '../../contract/session-view.ts';
import type { FaultView } from '../../contract/shapes.ts';
import { chinaDay } from '../china-day.ts';
import type { Delivery } from '../outbox/contract.ts';
import { signatureFields, sourcesOf, type FormState } from './form-state.ts';
import { materialStates, type MaterialState } from './material-state.ts';
import type { Applicant, PrintState, ReceiptState, SessionData } from './session-data.ts';

/** A fault as the page gets it: without what only a technician needs. */
export function faultView({ code, cause, remedy }: Fault): FaultView {
  return { code, cause, remedy };
}

const withFault = (fault: Fault | undefined): { fault?: FaultView } =>
  fault === undefined ? {} : { fault: faultView(fault) };

function applicantView({ card, doubts }: Applicant, photo: string | null): ApplicantView {
  const name = card.name === '' ? (card.latinName ?? '') : card.name;
  return {
    name,
    displayName: displayForm(name),
    maskedName: maskName(displayForm(name)),
    maskedIdNumber: maskIdNumber(card.idNumber),
    sex: card.sex,
    birthDate: fromCompactDate(card.birthDate) ?? '',
    doubts: [...doubts],
    photo,
  };
}

/** Rules of the opened service that the person of the card does not meet; empty without a card. */
export function notEligible(
  service: ServiceItem | undefined,
  applicant: Applicant | undefined,
  wallMs: number,
): SessionView['notEligible'] {
  if (service === undefined || applicant === undefined) return [];
  const born = fromCompactDate(applicant.card.birthDate);
  if (born === undefined) return [];
  return unmetEligibility(service.eligibility, born, chinaDay(wallMs)).map(({ rule, value }) => ({
    rule,
    value,
  }));
}

/** What is wrong with the form, ink left out: that comes later. */
export function formErrors(
  validator: FormValidator,
  form: FormState,
  wallMs: number,
): readonly FieldError[] {
  const ink = signatureFields(form.service.form);
  return validator
    .validate(form.service.form, form.answers, { today: chinaDay(wallMs) })
    .filter(({ field }) => !ink.includes(field));
}

/** The materials of the open application as they stand. */
export function materialsOf(data: SessionData): readonly MaterialState[] {
  if (data.form === undefined) return [];
  return materialStates(data.form.service, data.form.answers, {
    applicantCard: data.applicant !== undefined,
    proxyCard: data.proxyCard !== undefined,
    committed: data.committed,
    securityCard: data.givenSecurityCard !== undefined,
    pages: data.store.pages,
  });
}

/** Whether the paper that came out says that it is sent by itself, while it is held. */
export function isOutdated({ print, said }: ReceiptState, delivery: Delivery | undefined): boolean {
  return print.state === 'printed' && said === 'waiting' && delivery === 'held';
}

function receiptView(
  { receipt }: SessionData,
  delivery: Delivery | undefined,
  sheet: PrintState | undefined,
): ReceiptView | null {
  if (receipt === undefined || delivery === undefined) return null;
  return {
    receiptNumber: receipt.item.receiptNumber,
    qr: receipt.item.qr,
    submittedAt: receipt.item.submittedAt,
    serviceId: receipt.service.id,
    maskedName: receipt.maskedName ?? null,
    delivery,
    print: {
      state: receipt.print.state,
      ...withFault(receipt.print.fault),
      ...(receipt.print.ticket === undefined ? {} : { ticket: receipt.print.ticket }),
    },
    ...(isOutdated(receipt, delivery) ? { paperOutdated: true } : {}),
    sheet: sheet === undefined ? null : { state: sheet.state, ...withFault(sheet.fault) },
  };
}

/** What the view is made of besides the data. */
export interface ViewContext {
  readonly sessionId: string;
  readonly revision: number;
  readonly step: SessionStep;
  readonly idle: SessionView['idle'];
  readonly wallMs: number;
  /** The clock is believed: an age may be reckoned by it. */
  readonly clockBelieved: boolean;
  readonly validator: FormValidator;
  /** Where the item of the receipt is, as far as may be told; undefined without one. */
  readonly delivery: Delivery | undefined;
  /** How printing the summary stands; undefined where it cannot be printed. */
  readonly sheet: PrintState | undefined;
  /** Photographs from the citizen's phone, while any are taken. */
  readonly phone: SessionView['phone'] | undefined;
  /** Under which id the photo of the card is served; null where there is none. */
  readonly photo: string | null;
}

/** Draws the session for the page. */
export function sessionView(data: SessionData, context: ViewContext): SessionView {
  const { form, scan } = data;
  return {
    sessionId: context.sessionId,
    revision: context.revision,
    step: context.step,
    locale: data.locale,
    catalogueVersion: data.catalogue?.catalogueVersion ?? '',
    card: { state: data.card.state, ...withFault(data.card.fault) },
    applicant: data.applicant === undefined ? null : applicantView(data.applicant, context.photo),
    serviceId: data.service?.id ?? null,
    answers: { ...form?.answers },
    sources: form === undefined ? {} : { ...sourcesOf(form) },
    disputed: [...(form?.disputed ?? [])],
    fieldErrors:
      form === undefined
        ? []
        : formErrors(context.validator, form, context.wallMs)
            .filter(({ field }) => form.checked.has(field))
            .map((error) => ({ ...error })),
    notEligible: context.clockBelieved
      ? notEligible(data.service, data.applicant, context.wallMs)
      : [],
    materials: materialsOf(data).map(({ view }) => view),
    scan:
      scan === undefined
        ? null
        : {
            materialId: scan.materialId,
            state: scan.state,
            pagesSoFar: scan.pagesSoFar,
            ...withFault(scan.fault),
          },
    securityCard: { state: data.securityCard.state, ...withFault(data.securityCard.fault) },
    phone: context.phone ?? null,
    signature: data.ink === undefined ? null : { mode: data.ink.mode },
    submissionId: data.receipt?.item.submissionId ?? data.submissionId ?? null,
    receipt: receiptView(data, context.delivery, context.sheet),
    idle: context.idle,
    // it says that there is no need to apply again, which of what is held is not known
    notice: data.notice === 'storedBefore' && context.delivery === 'held' ? 'none' : data.notice,
  };
}
