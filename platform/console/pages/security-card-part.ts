import type { ReadSecurityCard } from '../../../domain/envelope/body.ts';
import type { SecurityCardDoubt } from '../../../domain/identity/security-card.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import { html, type Html } from '../html.ts';
import { both } from '../layout.ts';

const DOUBTS: Readonly<Record<SecurityCardDoubt, LocalizedText>> = {
  numberRule: { zh: '号码不合规则', en: 'The number does not follow its rule' },
  numberBirthDateDiffers: { zh: '号码和出生日期对不上', en: 'Number and birth date differ' },
  nameUnreadable: { zh: '卡里的姓名读不出', en: 'The name on the card cannot be read' },
  expired: { zh: '社保卡已过期', en: 'The card has expired' },
  notYetIssued: { zh: '发卡日期在今天以后', en: 'The card is issued later than today' },
};

function day(date: string | undefined): string {
  if (date === undefined) return '卡里没有 not on the card';
  return date.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

function term(label: LocalizedText, value: string | Html): Html {
  return html`<dt>${both(label)}</dt>
    <dd>${value}</dd>`;
}

/** What was read of a social security card, and how much that is worth. */
export function securityCardPart(read: ReadSecurityCard): Html {
  const { card, doubts, readAt, authenticated } = read;
  return html`${
      !authenticated &&
      html`<p class="notice wait">
        ${both({
          zh: '读卡取得，未经安全模块验证：不能证明卡是真的。卡里的金融账号读不到。',
          en: 'Read from the card, not proved by a security module: it does not show that the card is genuine. The bank account on it cannot be read.',
        })}
      </p>`
    }
    ${doubts.map((doubt) => html`<p class="notice wait">${both(DOUBTS[doubt])}</p>`)}
    <dl>
      ${term({ zh: '社会保障号码', en: 'Social security number' }, html`<span class="number">${card.number}</span>`)}
      ${term({ zh: '卡上姓名', en: 'Name on the card' }, card.name === '' ? '—' : card.name)}
      ${term({ zh: '卡号', en: 'Card number' }, card.cardNumber ?? '—')}
      ${term({ zh: '发卡机构代码', en: 'Code of the institution' }, card.institution ?? '—')}
      ${term({ zh: '发卡日期', en: 'Issued' }, day(card.issuedOn))}
      ${term({ zh: '有效期至', en: 'Valid to' }, day(card.validTo))}
      ${term({ zh: '读卡时间', en: 'Read at' }, readAt)}
    </dl>`;
}
