import type { CaseState } from '../../domain/application-state.ts';
import { CASE_STATES } from '../../domain/application-state.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ConsoleRole } from '../storage/port.ts';
import { html, type Html, type HtmlPart } from './html.ts';

/** Who looks at a page; undefined: nobody has logged in. */
export interface Viewer {
  readonly name: string;
  readonly role: ConsoleRole;
  readonly csrf: string;
}

/** A text in both languages, Chinese first. */
export function both(text: LocalizedText): Html {
  return html`${text.zh} <span class="en" lang="en">${text.en}</span>`;
}

const TONES: Readonly<Record<CaseState, 'good' | 'bad' | 'wait' | ''>> = {
  received: '',
  prereview: '',
  supplement: 'wait',
  rejected: 'bad',
  accepted: '',
  processing: '',
  approved: 'good',
  denied: 'bad',
  withdrawn: 'wait',
  invalid: 'bad',
};

/** A case's state as a tag. */
export function stateTag(state: CaseState): Html {
  return html`<span class="tag ${TONES[state]}">${CASE_STATES[state].zh}</span>
    <span class="en" lang="en">${CASE_STATES[state].en}</span>`;
}

/** A line with a tag in a tone, and what stands behind it. */
export function tag(
  tone: 'good' | 'wait' | 'bad',
  text: LocalizedText,
  more: Html | string = '',
): Html {
  return html`<div><span class="tag ${tone}">${both(text)}</span> ${more}</div>`;
}

/** The hidden member without which no POST is taken. */
export function csrfField(token: string): Html {
  return html`<input type="hidden" name="csrf" value="${token}" />`;
}

const ROLES: Readonly<Record<ConsoleRole, LocalizedText>> = {
  clerk: { zh: '经办员', en: 'clerk' },
  auditor: { zh: '审计员', en: 'auditor' },
  operator: { zh: '运维员', en: 'operator' },
};

function navigation(viewer: Viewer): Html {
  return html`${
      viewer.role !== 'operator' &&
      html`<a href="/console/cases">${both({ zh: '办件', en: 'Cases' })}</a>`
    }
    <a href="/console/terminals">${both({ zh: '终端', en: 'Terminals' })}</a>
    ${
      viewer.role === 'auditor' &&
      html`<a href="/console/access">${both({ zh: '查阅记录', en: 'Access log' })}</a>`
    }
    <span>${viewer.name} · ${both(ROLES[viewer.role])}</span>
    <form method="post" action="/console/logout">
      ${csrfField(viewer.csrf)}<button>${both({ zh: '退出', en: 'Log out' })}</button>
    </form>`;
}

/** A whole page. */
export function page(
  title: LocalizedText,
  content: HtmlPart,
  viewer?: Viewer,
  heading: LocalizedText = { zh: '便民平台', en: 'Bianmin platform' },
): string {
  return html`<!doctype html>
    <html lang="zh-CN">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title.zh} ${title.en}</title>
        <link rel="stylesheet" href="/console/style.css" />
      </head>
      <body>
        <header>
          <div class="bar">
            <strong>${both(heading)}</strong>
            ${viewer && navigation(viewer)}
          </div>
        </header>
        <main>
          <h1>${both(title)}</h1>
          ${content}
        </main>
      </body>
    </html>`.safe;
}
