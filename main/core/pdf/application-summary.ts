import type { Font } from 'fontkit';
import { groupReceiptNumber } from '../../../domain/receipt/number.ts';
import type { SummaryInput } from './contract.ts';
import { PageWriter } from './page-writer.ts';

const GREY = '#444444';
const LABEL_WIDTH = 170;

function heading(writer: PageWriter, zh: string, en: string): void {
  writer.room(60);
  writer.gap(10);
  writer.block('H2', `${zh}  ${en}`, { size: 13 });
  writer.rule();
}

function pair(writer: PageWriter, label: string, value: string): void {
  writer.room(24);
  const top = writer.y;
  writer.block('P', label, { size: 10.5, colour: GREY, width: LABEL_WIDTH - 12 });
  const below = writer.y;
  // a label that began a new page takes its value along
  writer.y = below < top ? below - 10.5 * 1.5 : top;
  writer.block('P', value, { size: 10.5, indent: LABEL_WIDTH });
  writer.y = Math.max(writer.y, below) + 3;
}

/**
 * Draws the summary of an application: what was asked and answered, which papers were given, the ink.
 * Chinese first, English beside the headings.
 * @param font a parsed font; keep it between documents
 */
export function drawSummary(font: Font, input: SummaryInput): Promise<Uint8Array> {
  const writer = new PageWriter(font, `申报信息 ${input.receiptNumber}`);
  writer.block('H1', '申报信息  Application', { size: 20 });
  writer.block('P', `${input.serviceName.zh}  ${input.serviceName.en}`, { size: 14 });
  writer.gap(4);
  writer.rule();
  pair(writer, '回执号码 Receipt number', groupReceiptNumber(input.receiptNumber));
  pair(writer, '提交时间 Submitted', input.submittedAt);
  pair(writer, '主管部门 Department', input.department.zh);
  pair(writer, '服务点 Service point', `${input.hall.zh}（${input.terminalId}）`);
  for (const section of input.sections) {
    heading(writer, section.title, '');
    for (const { label, value, cardValue } of section.answers) {
      const stated =
        cardValue === undefined ? value : `${value}（本人说明；证件上为 ${cardValue}）`;
      pair(writer, label, stated === '' ? '—' : stated);
    }
  }
  heading(writer, '材料', 'Papers');
  for (const { name, means, pages } of input.materials) {
    pair(writer, name, pages > 0 ? `${means}，${pages} 页` : means);
  }
  const marked = input.signature.mode === 'witnessedMark';
  heading(writer, marked ? '画押' : '签名', marked ? 'Mark made before a witness' : 'Signature');
  writer.picture(input.signature.png, marked ? '申请人画押' : '申请人签名', [240, 100]);
  if (input.signature.witnessName !== undefined) {
    pair(writer, '见证人 Witness', input.signature.witnessName);
  }
  writer.gap(8);
  writer.block(
    'P',
    '本文件由自助终端按申请人所填内容生成，不是受理通知书。 Made by the self-service terminal from what the applicant stated; not a notice of acceptance.',
    { size: 8.5, colour: GREY },
  );
  return writer.finish();
}
