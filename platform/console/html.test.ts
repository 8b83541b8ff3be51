import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { html } from './html.ts';

describe('a template', () => {
  it('never lets a text become markup, in text or in an attribute', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const { safe } = html`<p title="${text}">${[text, [text]]}</p>`;
        expect(safe.match(/[<>]/g)).toHaveLength(4);
        expect(safe.match(/"/g)).toHaveLength(2);
        expect(safe).not.toMatch(/&(?!(amp|lt|gt|quot|#39);)/);
      }),
      { examples: [['<script>'], ['" onload="'], ["'&amp;"]] },
    );
  });

  it('leaves nothing for what is not there, and HTML as it is', () => {
    expect(html`a${undefined}${false}${0}${html`<b>${'<'}</b>`}`.safe).toBe('a0<b>&lt;</b>');
  });
});
