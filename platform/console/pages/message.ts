import type { LocalizedText } from '../../../domain/text.ts';
import { html } from '../html.ts';
import { both, page, type Viewer } from '../layout.ts';

/** A page that says what did not work and where to go on. */
export function messagePage(title: LocalizedText, text: LocalizedText, viewer?: Viewer): string {
  const content = html`<p class="notice bad" role="alert">${both(text)}</p>
    <p><a href="/console">${both({ zh: '返回列表', en: 'Back to the list' })}</a></p>`;
  return page(title, content, viewer);
}
