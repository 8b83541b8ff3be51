import type { Material, ServiceItem } from '../../../domain/catalogue/catalogue.ts';
import { answerText, summarise } from '../../../domain/catalogue/summarise.ts';
import { visibleMaterials } from '../../../domain/catalogue/visible-materials.ts';
import type {
  ApplicationBody,
  AttachedFile,
  GivenMaterial,
} from '../../../domain/envelope/body.ts';
import { nationName } from '../../../domain/identity/nation.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { ItemRow } from '../../storage/port.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import { both } from '../layout.ts';
import { CARDS, DOUBTS, MEANS } from '../words.ts';
import { securityCardPart } from './security-card-part.ts';

/** One line of a list of terms. */
export function term(label: LocalizedText, value: HtmlPart): Html {
  return html`<dt>${both(label)}</dt>
    <dd>${value}</dd>`;
}

const SEXES: Readonly<Record<string, LocalizedText>> = {
  1: { zh: '男', en: 'male' },
  2: { zh: '女', en: 'female' },
};

function isoDay(day: string): string {
  return day === 'long-term' ? '长期 long-term' : day.replace(/^(\d{4})(\d\d)(\d\d)$/, '$1-$2-$3');
}

/** Code points of characters that a screen may have no glyph for, so that a name can still be told. */
function rareCharacters(name: string): HtmlPart {
  const rare = Array.from(name).filter((character) =>
    /[\u{20000}-\u{3FFFF}\p{Co}]/u.test(character),
  );
  const codes = rare.map(
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}`,
  );
  return codes.length > 0 && html`<span class="en">${codes.join(' ')}</span>`;
}

/** What the card said, and what about it does not fit. */
export function applicantPart({ applicant }: ApplicationBody): Html {
  const { card, doubts } = applicant;
  const sex = SEXES[card.sex];
  return html`<h2>${both({ zh: '申请人', en: 'Applicant' })}</h2>
    ${doubts.map((doubt) => html`<p class="notice wait">${both(DOUBTS[doubt])}</p>`)}
    <dl>
      ${term({ zh: '证件', en: 'Card' }, both(CARDS[card.kind]))}
      ${term({ zh: '姓名', en: 'Name' }, html`${card.name} ${rareCharacters(card.name)}`)}
      ${card.latinName !== undefined && term({ zh: '外文姓名', en: 'Latin name' }, card.latinName)}
      ${sex && term({ zh: '性别', en: 'Sex' }, both(sex))}
      ${
        card.nationCode !== undefined &&
        term({ zh: '民族', en: 'Nation' }, both(nationName(card.nationCode)))
      }
      ${card.nationality !== undefined && term({ zh: '国籍', en: 'Nationality' }, card.nationality)}
      ${term({ zh: '出生日期', en: 'Born' }, isoDay(card.birthDate))}
      ${card.address !== undefined && term({ zh: '住址', en: 'Address' }, card.address)}
      ${term({ zh: '证件号码', en: 'Number' }, html`<span class="number">${card.idNumber}</span>`)}
      ${term({ zh: '有效期', en: 'Valid' }, `${isoDay(card.validFrom)} – ${isoDay(card.validTo)}`)}
      ${term({ zh: '核验等级', en: 'Assurance' }, applicant.assurance)}
    </dl>`;
}

/** The answers by the labels of the form, section by section. */
export function answersPart(body: ApplicationBody, service: ServiceItem): Html {
  const english = new Map(
    summarise(service.form, body.answers, 'en').map((section) => [section.section, section]),
  );
  const sections = summarise(service.form, body.answers, 'zh').map((section) => {
    const other = english.get(section.section);
    return html`<h3>${both({ zh: section.sectionTitle, en: other?.sectionTitle ?? '' })}</h3>
      <dl>
        ${section.items.map(({ field, label, value }) => {
          const en = other?.items.find((item) => item.field === field)?.label ?? '';
          return term({ zh: label, en }, value === '' ? '—' : value);
        })}
      </dl>`;
  });
  return html`<h2>${both({ zh: '填写内容', en: 'Answers' })}</h2>
    ${sections} ${disputedPart(body, service)}`;
}

function disputedPart(body: ApplicationBody, service: ServiceItem): HtmlPart {
  return body.disputed.map(({ field, cardValue, statedValue }) => {
    const schema = service.form.properties[field];
    if (!schema) return undefined;
    const [card, stated] = [cardValue, statedValue].map((value) => answerText(schema, value, 'zh'));
    return html`<p class="notice wait">
      ${both({ zh: `申请人对“${schema.title.zh}”有异议`, en: `Disputed: ${schema.title.en}` })}<br />
      ${both({ zh: '卡上', en: 'card' })}：${card}<br />
      ${both({ zh: '申请人说', en: 'stated' })}：${stated}
    </p>`;
  });
}

/** Address of a page or document of a case. */
export function fileHref(caseNumber: string, { attachment }: AttachedFile): string {
  return `/console/cases/${caseNumber}/files/${attachment}`;
}

/** Of a case, what its files are shown by. */
type CaseFiles = Pick<ItemRow, 'caseNumber' | 'givenUp'>;

/** What stands in the place of a file that is lost for good; undefined: it is there, as far as is known. */
function lostPart({ givenUp }: CaseFiles, { attachment }: AttachedFile): HtmlPart {
  if (!givenUp.some(({ sha256 }) => sha256 === attachment)) return undefined;
  return html`<span class="tag bad">丢失了</span> <span class="en">lost</span>`;
}

function pagesOf(item: CaseFiles, pages: readonly AttachedFile[], title: string): HtmlPart {
  if (pages.length === 0) return undefined;
  return html`<div class="pages">
    ${pages.map((file, i) => {
      const name = `${title} ${i + 1}`;
      const lost = lostPart(item, file);
      if (lost) return html`<p>${name} ${lost}</p>`;
      const href = fileHref(item.caseNumber, file);
      return html`<a href="${href}" target="_blank" rel="noopener"
        >${
          file.mediaType === 'application/pdf'
            ? html`PDF ${name}`
            : html`<img src="${href}" alt="${name}" />`
        }</a
      >`;
    })}
  </div>`;
}

function meansPart(given: GivenMaterial | undefined, replaced: boolean): Html {
  if (given) {
    const { zh, en } = MEANS[given.means];
    return html`<span class="tag good">${zh}</span> <span class="en">${en}</span>`;
  }
  if (replaced) return both({ zh: '不用交，已交同类材料', en: 'not needed, another was given' });
  return html`<span class="tag wait">没有交</span> <span class="en">not given</span>`;
}

function materialPart(
  item: CaseFiles,
  name: LocalizedText,
  given: GivenMaterial | undefined,
  replaced = false,
): Html {
  return html`<h3>${both(name)}</h3>
    <p>${meansPart(given, replaced)}</p>
    ${given?.securityCard && securityCardPart(given.securityCard)}
    ${given && pagesOf(item, given.pages, name.zh)}`;
}

/** The materials in the order of the guide, with their pages. */
export function materialsPart(
  item: CaseFiles,
  body: ApplicationBody,
  service: ServiceItem | undefined,
): Html {
  const asked = service ? visibleMaterials(service, body.answers) : [];
  const givenAs = (id: string): GivenMaterial | undefined =>
    body.materials.find(({ materialId }) => materialId === id);
  const isReplaced = ({ anyOfGroup }: Material): boolean =>
    anyOfGroup !== undefined &&
    asked.some((other) => other.anyOfGroup === anyOfGroup && givenAs(other.id) !== undefined);
  const extra = body.materials.filter(
    ({ materialId }) => !asked.some(({ id }) => id === materialId),
  );
  return html`<h2>${both({ zh: '材料', en: 'Materials' })}</h2>
    ${asked.map((material) =>
      materialPart(item, material.name, givenAs(material.id), isReplaced(material)),
    )}
    ${extra.map((given) => {
      const id = given.materialId;
      return materialPart(item, { zh: id, en: id }, given);
    })}`;
}

const SUMMARY: LocalizedText = { zh: '申报表（PDF）', en: 'Summary of the application (PDF)' };

/** Signature and summary. */
export function signaturePart(item: CaseFiles, body: ApplicationBody): Html {
  const { mode, image, witnessName } = body.signature;
  const lostSummary = lostPart(item, body.summary);
  const title =
    mode === 'signature'
      ? { zh: '签名', en: 'Signature' }
      : { zh: '画押（有见证人）', en: 'Mark made before a witness' };
  return html`<h2>${both(title)}</h2>
    ${
      witnessName !== undefined &&
      html`<p>${both({ zh: '见证人', en: 'Witness' })}：${witnessName}</p>`
    }
    <div class="ink">${pagesOf(item, [image], title.zh)}</div>
    <p>
      ${
        lostSummary
          ? html`${both(SUMMARY)} ${lostSummary}`
          : html`<a href="${fileHref(item.caseNumber, body.summary)}" target="_blank" rel="noopener"
              >${both(SUMMARY)}</a
            >`
      }
    </p>`;
}
