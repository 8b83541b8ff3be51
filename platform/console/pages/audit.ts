import { AUDIT_EVENTS } from '../../../domain/wire/audit-events.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { type ArrivedEvent, type AuditChainRow, chainCauses } from '../../storage/audit-port.ts';
import type { TerminalRow } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html, type Html } from '../html.ts';
import { both, csrfField, page, tag, type Viewer } from '../layout.ts';
import { CHAIN_CAUSES, ORIGINS } from '../words.ts';

/** What is odd with a chain, and at which of its events. */
interface Oddity {
  readonly what: LocalizedText;
  readonly where: string;
}

/** What is odd with a chain, looked into or not; of one that is whole, nothing. */
export function oddities(chain: AuditChainRow): readonly Oddity[] {
  const { origin, firstSeq, begunAt, badCheckpoint } = chain;
  const found: Oddity[] = [];
  if (origin !== 'first') {
    found.push({ what: ORIGINS[origin], where: `#${firstSeq} ${timeInChina(begunAt)}` });
  }
  if (badCheckpoint !== null) {
    const what = { zh: '审计签名不对', en: 'audit signed by another' };
    found.push({ what, where: `#${badCheckpoint}` });
  }
  return found;
}

/** What was found out about an odd chain, or that nobody has looked into it. */
export function findingOf({ lookedInto }: AuditChainRow): Html {
  if (!lookedInto) return tag('wait', { zh: '待核查', en: 'to be looked into' });
  const { cause, by, at } = lookedInto;
  return html`<div>
    ${both({ zh: '已核查：', en: 'looked into:' })} ${both(CHAIN_CAUSES[cause])}
    <span class="number">${by} ${timeInChina(at)}</span>
  </div>`;
}

function findingForm(viewer: Viewer, { terminalId, chain }: AuditChainRow): Html {
  return html`<form method="post" action="/console/terminals/${terminalId}/chains/${chain}">
    ${csrfField(viewer.csrf)}
    <fieldset>
      <legend>${both({ zh: '查明的原因', en: 'What was found out' })}</legend>
      ${chainCauses.map(
        (cause) =>
          html`<label class="choice"
            ><input type="radio" name="cause" value="${cause}" required />
            <span>${both(CHAIN_CAUSES[cause])}</span></label
          >`,
      )}
      <button>${both({ zh: '记为已核查', en: 'Note it' })}</button>
    </fieldset>
  </form>`;
}

function chainPart(viewer: Viewer, chain: AuditChainRow): Html {
  const odd = oddities(chain);
  return html`<h2>
      ${both({ zh: `第 ${chain.firstSeq} 至 ${chain.lastSeq} 条`, en: `Events ${chain.firstSeq} to ${chain.lastSeq}` })}
    </h2>
    ${
      odd.length === 0
        ? tag('good', { zh: '完整', en: 'whole' })
        : html`${odd.map(({ what, where }) => tag('bad', what, where))} ${findingOf(chain)}`
    }
    <p>
      ${both({ zh: `终端签名到第 ${chain.signedThrough} 条，最后一次收到：`, en: `signed by the terminal up to ${chain.signedThrough}, last came:` })}
      <span class="number">${timeInChina(chain.receivedAt)}</span>
    </p>
    ${odd.length > 0 && viewer.role === 'auditor' && findingForm(viewer, chain)}`;
}

const isKnown = (event: string): event is keyof typeof AUDIT_EVENTS =>
  Object.hasOwn(AUDIT_EVENTS, event);

/** A signature is for machines; of anything else all is shown. */
const detailOf = ({ event, detail }: ArrivedEvent): string =>
  event === 'checkpoint' ? `${(detail ?? '').slice(0, 12)}…` : (detail ?? '');

function eventRow(event: ArrivedEvent): Html {
  return html`<tr>
    <td class="number">${event.seq}</td>
    <td class="number">${timeInChina(event.time)}</td>
    <td class="action">
      ${isKnown(event.event) ? both(AUDIT_EVENTS[event.event]) : html`<code>${event.event}</code>`}
    </td>
    <td>${event.receiptNumber ?? ''}</td>
    <td>${detailOf(event)}</td>
    <td class="number">${event.hash.slice(0, 12)}</td>
  </tr>`;
}

/** The audit of one terminal: its chains, what is odd with them, and its events, last come first. */
export function auditPage(
  viewer: Viewer,
  { terminalId }: TerminalRow,
  chains: readonly AuditChainRow[],
  events: readonly ArrivedEvent[],
  olderThan: number | undefined,
): string {
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">#</th>
        <th scope="col">${both({ zh: '终端时间', en: 'Its clock' })}</th>
        <th scope="col">${both({ zh: '发生了什么', en: 'What' })}</th>
        <th scope="col">${both({ zh: '回执号', en: 'Receipt' })}</th>
        <th scope="col">${both({ zh: '细节', en: 'Detail' })}</th>
        <th scope="col">${both({ zh: '链', en: 'Chain' })}</th>
      </tr>
    </thead>
    <tbody>
      ${events.map(eventRow)}
    </tbody>
  </table>`;
  const nothing = html`<p class="notice">
    ${both({ zh: '还没有收到。', en: 'Nothing came yet.' })}
  </p>`;
  return page(
    { zh: `终端 ${terminalId} 的审计`, en: 'Audit of this terminal' },
    html`${chains.map((chain) => chainPart(viewer, chain))}
      <h2>${both({ zh: '记录', en: 'Events' })}</h2>
      ${events.length > 0 ? table : nothing}
      ${
        olderThan !== undefined &&
        html`<p class="next">
          <a href="/console/terminals/${terminalId}/audit?before=${olderThan}"
            >${both({ zh: '更早的记录', en: 'Older events' })}</a
          >
        </p>`
      }
      <p>
        <a href="/console/terminals">${both({ zh: '返回终端列表', en: 'Back to the list' })}</a>
      </p>`,
    viewer,
  );
}
