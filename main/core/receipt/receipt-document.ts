import type { ReceiptBlock, ReceiptDocument } from '../../../domain/receipt/document.ts';
import { groupReceiptNumber } from '../../../domain/receipt/number.ts';
import type { LocalizedText } from '../../../domain/text.ts';
import type { Delivery } from '../outbox/contract.ts';

/** A paper that the citizen gave, and how. Nothing is called checked: a card that was read is only read. */
export interface PaperOnReceipt {
  readonly name: LocalizedText;
  readonly means: 'scan' | 'readCard' | 'commitment';
  readonly pages: number;
}

/** What a receipt says. Nothing in it is more than is known at this moment. */
export interface ReceiptContents {
  readonly receiptNumber: string;
  readonly serviceName: LocalizedText;
  readonly hall: LocalizedText;
  readonly terminalId: string;
  /** Day and minute at the hall. */
  readonly submittedAt: string;
  /** Left out when it is no longer known. */
  readonly maskedName: string | undefined;
  readonly materials: readonly PaperOnReceipt[];
  readonly hotline: string;
  /** Text of the QR code. */
  readonly qr: string;
  /** Where the item is, as far as may be told. */
  readonly delivery: Delivery;
  /** It is printed once more by staff: when, and whether the earlier paper is void. */
  readonly again?: { readonly at: string; readonly earlierVoid: boolean };
}

const line = (text: string, more: { bold?: boolean; size?: 2 } = {}): ReceiptBlock => ({
  type: 'text',
  text,
  ...more,
});
const centred = (text: string, more: { bold?: boolean; size?: 2 } = {}): ReceiptBlock => ({
  type: 'text',
  text,
  align: 'center',
  ...more,
});
const pair = (label: string, value: string): ReceiptBlock => ({ type: 'pair', label, value });
const rule: ReceiptBlock = { type: 'rule' };

const DELIVERIES: Readonly<Record<Delivery, readonly ReceiptBlock[]>> = {
  received: [centred('平台已收到', { bold: true, size: 2 }), centred('Received by the platform')],
  waiting: [
    centred('已提交、待上传', { bold: true, size: 2 }),
    centred('Submitted, waiting to be sent'),
    line('已安全存在本机，网络恢复后自动上传，不用再来。'),
    line('Kept safely here; it is sent by itself when the network is back.'),
  ],
  // nor that it is safe: a file of it may be what is damaged
  held: [
    centred('请到服务台问', { bold: true, size: 2 }),
    centred('Please ask at the counter'),
    line('申请已提交，现在不会自动上传，要工作人员处理。请拿着这张回执到服务台问。'),
    line('Submitted, but not sent by itself now: it needs the staff. Please bring this receipt.'),
  ],
};

function printedAgain({ again, delivery }: ReceiptContents): readonly ReceiptBlock[] {
  if (again === undefined) return [];
  // it may say that it is sent by itself, and that nobody need come again
  const takenBack = delivery === 'held' && !again.earlierVoid;
  return [
    pair('补打 Printed again', again.at),
    ...(again.earlierVoid ? [line('先前打印的那张已作废。The earlier paper is void.')] : []),
    ...(takenBack
      ? [
          line('先前那张写的不一样，以这张为准。'),
          line('Go by this paper, not by the earlier one.'),
        ]
      : []),
    rule,
  ];
}

/** Of what is held nobody at the phone can find anything: the platform has it not. */
function whomToAsk({ delivery, hotline }: ReceiptContents): readonly ReceiptBlock[] {
  if (delivery !== 'held') return [pair('咨询电话 Help', hotline)];
  return [
    line('到服务台，请说上面的回执号码。'),
    line('At the counter, say the receipt number above.'),
  ];
}

/**
 * The receipt (收件回执) for paper: Chinese first, English beside it. It is ours, and no notice of
 * acceptance (受理通知书), which only the platform gives.
 */
export function receiptDocument(contents: ReceiptContents): ReceiptDocument {
  const given = {
    scan: (pages: number) => `${pages} 页`,
    readCard: () => '已读卡',
    commitment: () => '已承诺',
  };
  const papers = contents.materials.map(({ name, means, pages }) =>
    pair(name.zh, given[means](pages)),
  );
  return {
    blocks: [
      centred('收件回执', { bold: true, size: 2 }),
      centred('Receipt'),
      rule,
      ...printedAgain(contents),
      ...DELIVERIES[contents.delivery],
      rule,
      line('回执号码 Receipt number'),
      line(groupReceiptNumber(contents.receiptNumber), { bold: true }),
      pair('事项', contents.serviceName.zh),
      line(contents.serviceName.en),
      ...(contents.maskedName === undefined ? [] : [pair('申请人', contents.maskedName)]),
      pair('时间', contents.submittedAt),
      pair('服务点', contents.hall.zh),
      pair('终端', contents.terminalId),
      ...(papers.length > 0 ? [rule, line('材料 Papers'), ...papers] : []),
      rule,
      { type: 'qr', data: contents.qr },
      // of what is held the page behind the code says that it is sent by itself
      centred(
        contents.delivery === 'held'
          ? '给服务台用  For the counter'
          : '扫码查进度  Scan to see where it stands',
      ),
      rule,
      line('本回执不是受理通知书。是否受理，以平台通知为准。'),
      line('This is not a notice of acceptance.'),
      ...whomToAsk(contents),
      { type: 'feed', lines: 2 },
    ],
  };
}
