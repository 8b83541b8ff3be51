/** A piece of HTML that is safe to send: everything put into it was escaped. */
export interface Html {
  readonly safe: string;
}

/** What may stand in a template: text is escaped, HTML is not, lists are joined, nothing is nothing. */
export type HtmlPart = string | number | Html | undefined | false | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function isList(part: HtmlPart): part is readonly HtmlPart[] {
  return Array.isArray(part);
}

function render(part: HtmlPart): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escape(part);
  if (typeof part === 'number') return String(part);
  if (isList(part)) return part.map(render).join('');
  return part.safe;
}

/** Template for HTML. Put values only into text and into quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return {
    safe: strings.map((text, i) => text + (i < parts.length ? render(parts[i]) : '')).join(''),
  };
}
