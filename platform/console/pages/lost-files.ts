import type { ApplicationBody } from '../../../domain/envelope/body.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { ItemRow } from '../../storage/port.ts';
import { lossCauses } from '../../storage/port.ts';
import { timeInChina } from '../../time.ts';
import { html, type Html, type HtmlPart } from '../html.ts';
import { both, csrfField, type Viewer } from '../layout.ts';
import { LOSS_CAUSES } from '../words.ts';

/** An item that holds the watermark, as an operator may know it. */
export interface ShownLoss {
  readonly item: Pick<ItemRow, 'submissionId' | 'caseNumber' | 'terminalId'>;
  /** How many of its files are lost. */
  readonly files: number;
}

function giveUpForm(viewer: Viewer, { item, files }: ShownLoss): Html {
  return html`<form
    method="post"
    action="/console/archive/give-up"
    data-lost="${item.submissionId}"
  >
    ${csrfField(viewer.csrf)}
    <input type="hidden" name="submissionId" value="${item.submissionId}" />
    <p>
      <span class="number">${item.caseNumber}</span> ${both({ zh: '终端', en: 'terminal' })}
      <span class="number">${item.terminalId}</span>
      ${both({ zh: '丢失的文件数', en: 'files lost' })} ${files}
    </p>
    <label for="cause-${item.submissionId}"
      >${both({ zh: '为什么没有人能再交来', en: 'Why nobody can bring them again' })}</label
    >
    <select id="cause-${item.submissionId}" name="cause" required>
      <option value=""></option>
      ${lossCauses.map(
        (cause) =>
          html`<option value="${cause}">${LOSS_CAUSES[cause].zh} ${LOSS_CAUSES[cause].en}</option>`,
      )}
    </select>
    <p class="next">
      <button class="stop">${both({ zh: '放弃这些文件', en: 'Give these files up' })}</button>
    </p>
  </form>`;
}

/** What holds the archive, and a way to go on without it. */
export function lossesPart(viewer: Viewer, losses: readonly ShownLoss[]): HtmlPart {
  if (losses.length === 0) return undefined;
  return html`<h2>${both({ zh: '丢失的文件', en: 'Lost files' })}</h2>
    <p>
      ${both({
        zh: '下面每一件都有平台收到以后又丢失的文件，存档里也没有，存档停在这里。先等那台终端联网，它会自己重新交来。确定终端和备份里都没有了，才放弃：放弃以后存档接着做，经办员会看到这一件缺什么，要请申请人重新交。以后文件又找到了，终端交来或者放回平台的数据文件夹，就和没有丢过一样。谁放弃的、为什么，都有记录。',
        en: 'Of each of these the platform has lost files that it had received, which are not in the archive either, and archiving stands still. Wait for that terminal first: once online it hands them in again by itself. Give files up only when neither the terminal nor any backup has them: archiving goes on then, and the clerk sees what lacks and asks the applicant for it again. Should they be found after all, handed in by the terminal or put back into the data folder, all is as if they had never been lost. Who gives up what, and why, is logged.',
      })}
    </p>
    ${losses.map((each) => giveUpForm(viewer, each))}`;
}

const BODY: LocalizedText = { zh: '申请内容（填写的表）', en: 'what was filled in' };
const UNKNOWN: LocalizedText = { zh: '附件（不知道是哪一份）', en: 'an attachment' };

/** Which part of an application a file is. */
function partOf(
  sha256: string,
  item: ItemRow,
  body: ApplicationBody | undefined,
  nameOf: (materialId: string) => LocalizedText,
): LocalizedText {
  if (sha256 === item.envelopeSha256) return BODY;
  const material = body?.materials.find(({ pages }) =>
    pages.some(({ attachment }) => attachment === sha256),
  );
  if (material) return nameOf(material.materialId);
  if (body?.signature.image.attachment === sha256) return { zh: '签名', en: 'the signature' };
  if (body?.summary.attachment === sha256) return { zh: '申报表（PDF）', en: 'the summary (PDF)' };
  return UNKNOWN;
}

/** What of a case is lost and given up, for the clerk. */
export function givenUpPart(
  item: ItemRow,
  body: ApplicationBody | undefined,
  nameOf: (materialId: string) => LocalizedText,
): HtmlPart {
  const [first] = item.givenUp;
  if (!first) return undefined;
  const parts = new Map(
    item.givenUp.map(({ sha256 }) => {
      const part = partOf(sha256, item, body, nameOf);
      return [part.zh, part];
    }),
  );
  return html`<div class="notice bad" role="alert" data-given-up="${item.givenUp.length}">
    <strong
      >${both({
        zh: '这件申请有一部分在平台丢失了，找不回来，请联系申请人重新交',
        en: 'Parts of this application were lost at the platform and cannot be brought again: ask the applicant for them once more',
      })}</strong
    >
    ${[...parts.values()].map((part) => html`<br />· ${both(part)}`)}
    <p>
      ${both({ zh: '放弃的人', en: 'Given up by' })} ${first.by} ${timeInChina(first.at)}
      ${both(LOSS_CAUSES[first.cause])}
    </p>
  </div>`;
}
