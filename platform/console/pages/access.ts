import type { ChainedEntry } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html } from '../html.ts';
import { both, page, type Viewer } from '../layout.ts';
import { ACCESS_ACTIONS } from '../words.ts';

const MOST_SHOWN = 500;

/** Who opened what when, newest first, and whether the chain is whole. */
export function accessPage(
  viewer: Viewer,
  entries: readonly ChainedEntry[],
  broken: number | undefined,
): string {
  const verdict =
    broken === undefined
      ? html`<p class="notice good">
          ${both({
            zh: `记录链完整，共 ${entries.length} 条。`,
            en: `The chain is whole: ${entries.length} lines.`,
          })}
        </p>`
      : html`<p class="notice bad" role="alert">
          ${both({
            zh: `记录链从第 ${broken} 条起被改动过。`,
            en: `The chain was tampered with from line ${broken} on.`,
          })}
        </p>`;
  const rows = entries
    .slice(-MOST_SHOWN)
    .reverse()
    .map(({ sequence, at, actor, role, action, subject, hash }) => {
      const words = ACCESS_ACTIONS[action];
      return html`<tr>
        <td class="number">${sequence}</td>
        <td class="number">${timeInChina(at)}</td>
        <td>${actor} <span class="en">${role}</span></td>
        <td class="action">${words ? both(words) : action}</td>
        <td>${subject}</td>
        <td class="number">${hash.slice(0, 12)}</td>
      </tr>`;
    });
  return page(
    { zh: '查阅记录', en: 'Access log' },
    html`${verdict}
      <table>
        <thead>
          <tr>
            <th scope="col">#</th>
            <th scope="col">${both({ zh: '时间', en: 'Time' })}</th>
            <th scope="col">${both({ zh: '谁', en: 'Who' })}</th>
            <th scope="col">${both({ zh: '做了什么', en: 'Did what' })}</th>
            <th scope="col">${both({ zh: '对象', en: 'To what' })}</th>
            <th scope="col">${both({ zh: '链', en: 'Chain' })}</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>`,
    viewer,
  );
}
