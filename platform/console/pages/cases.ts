import { groupReceiptNumber } from '../../../domain/receipt/number.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { isArchived, type ItemRow } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html, type Html } from '../html.ts';
import { both, page, stateTag, tag, type Viewer } from '../layout.ts';
import { KINDS } from '../words.ts';

/** Receipt number, grouped for reading; other texts as they are. */
export function receiptText(number: string): string {
  return /^\d{23}$/.test(number) ? groupReceiptNumber(number) : number;
}

function row(
  item: ItemRow,
  viewer: Viewer,
  service: LocalizedText | undefined,
  archived: boolean,
): Html {
  const number = receiptText(item.receiptNumber);
  return html`<tr>
    <td class="number">
      ${
        viewer.role === 'clerk'
          ? html`<a href="/console/cases/${item.caseNumber}">${number}</a>`
          : number
      }<br /><span class="en">${item.caseNumber}</span>
    </td>
    <td>
      ${service ? both(service) : item.serviceId}
      ${item.kind !== 'application' && html`<br />${both(KINDS[item.kind])}`}
    </td>
    <td>
      ${stateTag(item.state)}
      ${
        item.conflicts.length > 0 &&
        html`<br />${both({ zh: '另有同号不同内容', en: 'another content with the same id' })}`
      }
      ${item.givenUp.length > 0 && tag('bad', { zh: '有丢失的部分', en: 'parts are lost' })}
    </td>
    <td class="number">
      ${timeInChina(item.receivedAt)}<br />
      ${
        archived
          ? both({ zh: '已备份', en: 'backed up' })
          : both({ zh: '待备份', en: 'backup pending' })
      }
    </td>
  </tr>`;
}

/** The list: numbers, service, state and time. No names. */
export function casesPage(
  viewer: Viewer,
  items: readonly ItemRow[],
  serviceName: (id: string) => LocalizedText | undefined,
  archivedThrough: number,
  olderThan: number | undefined,
): string {
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">${both({ zh: '回执号 / 办件编号', en: 'Receipt / case number' })}</th>
        <th scope="col">${both({ zh: '事项', en: 'Service' })}</th>
        <th scope="col">${both({ zh: '状态', en: 'State' })}</th>
        <th scope="col">${both({ zh: '收到时间', en: 'Received' })}</th>
      </tr>
    </thead>
    <tbody>
      ${items.map((item) =>
        row(item, viewer, serviceName(item.serviceId), isArchived(item, archivedThrough)),
      )}
    </tbody>
  </table>`;
  const nothing = html`<p class="notice">
    ${both({ zh: '还没有收到办件。', en: 'Nothing has come in yet.' })}
  </p>`;
  const older =
    olderThan !== undefined &&
    html`<p class="next">
      <a href="/console/cases?before=${olderThan}"
        >${both({ zh: '更早的办件', en: 'Older cases' })}</a
      >
    </p>`;
  return page(
    { zh: '办件', en: 'Cases' },
    html`${items.length > 0 ? table : nothing}${older}`,
    viewer,
  );
}
