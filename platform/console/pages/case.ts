import { caseActions, type CaseAction } from '../../../domain/application-state.ts';
import type { ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import { visibleFields } from '../../../domain/catalogue/visible-fields.ts';
import { visibleMaterials } from '../../../domain/catalogue/visible-materials.ts';
import type { ApplicationBody } from '../../../domain/envelope/body.ts';
import type { Result } from '../../../domain/result.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { OpeningFault } from '../../opening.ts';
import type { CaseEvent, ItemRow } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import { both, csrfField, page, stateTag, type Viewer } from '../layout.ts';
import { ACTIONS, KINDS, problemText } from '../words.ts';
import { answersPart, applicantPart, materialsPart, signaturePart, term } from './case-parts.ts';
import { receiptText } from './cases.ts';
import { givenUpPart } from './lost-files.ts';

/** A case that was opened. */
export interface OpenedCase {
  readonly item: ItemRow;
  /** `undefined`: of this kind nothing is opened here. */
  readonly body: Result<ApplicationBody, OpeningFault> | undefined;
  readonly service: ServiceItem | undefined;
  readonly history: readonly CaseEvent[];
}

/** One reason for which a supplement may be asked: only what the catalogue asks of this applicant. */
export interface SupplementReason {
  /** `material:<id>` or `field:<id>` */
  readonly value: string;
  readonly label: LocalizedText;
}

/** Every reason that a clerk may choose from. */
export function supplementReasons({ body, service }: OpenedCase): readonly SupplementReason[] {
  if (!service || body?.ok !== true) return [];
  const { answers } = body.value;
  const fields = visibleFields(service.form, answers);
  return [
    ...visibleMaterials(service, answers).map(({ id, name }) => ({
      value: `material:${id}`,
      label: name,
    })),
    ...Object.entries(service.form.properties)
      .filter(([id]) => fields.has(id))
      .map(([id, { title }]) => ({ value: `field:${id}`, label: title })),
  ];
}

function labelOf(service: ServiceItem | undefined) {
  return (kind: 'field' | 'material', id: string): LocalizedText | undefined =>
    kind === 'field'
      ? service?.form.properties[id]?.title
      : service?.materials.find((material) => material.id === id)?.name;
}

function reasonText(service: ServiceItem | undefined, reason: string): LocalizedText {
  const [kind, id = ''] = reason.split(':');
  return labelOf(service)(kind === 'field' ? 'field' : 'material', id) ?? { zh: id, en: id };
}

function actionForm(
  viewer: Viewer,
  { item }: OpenedCase,
  action: CaseAction,
  more?: HtmlPart,
): Html {
  const look =
    action === 'reject' || action === 'deny'
      ? 'stop'
      : action === 'requestSupplement'
        ? 'second'
        : '';
  return html`<form method="post" action="/console/cases/${item.caseNumber}/actions">
    ${csrfField(viewer.csrf)}
    <input type="hidden" name="from" value="${item.state}" />
    <input type="hidden" name="action" value="${action}" />
    ${more}
    <button class="${look}">${both(ACTIONS[action])}</button>
  </form>`;
}

function supplementForm(viewer: Viewer, opened: OpenedCase): Html {
  const choices = supplementReasons(opened).map(
    ({ value, label }) =>
      html`<label class="choice"
        ><input type="checkbox" name="reason" value="${value}" /><span>${both(label)}</span></label
      >`,
  );
  return actionForm(
    viewer,
    opened,
    'requestSupplement',
    html`<fieldset>
      <legend>
        ${both({
          zh: '要补正什么（一次说全，只能选指南里有的）',
          en: 'What is needed (all at once, only what the guide asks for)',
        })}
      </legend>
      ${choices}
    </fieldset>`,
  );
}

function actionsPart(viewer: Viewer, opened: OpenedCase): HtmlPart {
  const actions = caseActions(opened.item.state);
  if (actions.length === 0) return undefined;
  return html`<h2>${both({ zh: '办理', en: 'Actions' })}</h2>
    <div class="actions">
      ${actions
        .filter((action) => action !== 'requestSupplement')
        .map((action) => actionForm(viewer, opened, action))}
    </div>
    ${actions.includes('requestSupplement') && supplementForm(viewer, opened)}`;
}

function historyPart({ history, service }: OpenedCase): Html {
  return html`<h2>${both({ zh: '办理过程', en: 'History' })}</h2>
    <table>
      <tbody>
        ${history.map(
          ({ at, state, actor, action, reasons }) =>
            html`<tr>
              <td class="number">${timeInChina(at)}</td>
              <td>${stateTag(state)}</td>
              <td>
                ${actor ?? both({ zh: '终端', en: 'terminal' })}
                ${action !== null && action !== 'review' && both(ACTIONS[action])}
                ${reasons.map((reason) => html`<br />· ${both(reasonText(service, reason))}`)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function problemsPart({ item, service }: OpenedCase): HtmlPart {
  if (item.problems.length === 0) return undefined;
  return html`<div class="notice bad">
    <strong>${both({ zh: '平台核对发现', en: 'Found by the platform' })}</strong>
    ${item.problems.map((problem) => html`<br />· ${both(problemText(problem, labelOf(service)))}`)}
  </div>`;
}

function conflictsPart({ item }: OpenedCase): HtmlPart {
  if (item.conflicts.length === 0) return undefined;
  return html`<div class="notice bad">
    <strong
      >${both({
        zh: '同一编号又来过不同的内容，两份都已保存，请人工核对',
        en: 'Another content came under the same id; both are kept, a person must look',
      })}</strong
    >
    ${item.conflicts.map((sha256) => html`<br />· ${sha256.slice(0, 16)}`)}
  </div>`;
}

function bodyPart({ item, body, service }: OpenedCase): HtmlPart {
  if (!body) return undefined;
  if (!body.ok) {
    const label = problemText(body.error, () => undefined);
    return html`<p class="notice bad">${both(label)}</p>`;
  }
  return html`${applicantPart(body.value)} ${service && answersPart(body.value, service)}
  ${materialsPart(item, body.value, service)} ${signaturePart(item, body.value)}`;
}

/** One case, opened. Who opened it was logged before. */
export function casePage(viewer: Viewer, opened: OpenedCase): string {
  const { item, body, service } = opened;
  const opens = body?.ok === true ? body.value : undefined;
  const title = service?.name ?? { zh: item.serviceId, en: item.serviceId };
  return page(
    title,
    html`<p>
        <a href="/console/cases">${both({ zh: '返回办件列表', en: 'Back to the list' })}</a>
      </p>
      ${givenUpPart(item, opens, (id) => reasonText(service, `material:${id}`))}
      ${problemsPart(opened)} ${conflictsPart(opened)}
      <dl>
        ${term({ zh: '状态', en: 'State' }, stateTag(item.state))}
        ${term(
          { zh: '回执号', en: 'Receipt number' },
          html`<span class="number">${receiptText(item.receiptNumber)}</span>`,
        )}
        ${term({ zh: '办件编号', en: 'Case number' }, item.caseNumber)}
        ${term({ zh: '类型', en: 'Kind' }, both(KINDS[item.kind]))}
        ${term({ zh: '终端', en: 'Terminal' }, item.terminalId)}
        ${term({ zh: '提交时间（终端）', en: 'Submitted' }, timeInChina(item.createdAt))}
        ${term({ zh: '收到时间', en: 'Received' }, timeInChina(item.receivedAt))}
      </dl>
      ${actionsPart(viewer, opened)} ${bodyPart(opened)} ${historyPart(opened)}`,
    viewer,
  );
}
