import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { groupReceiptNumber } from '../../domain/receipt/number.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ReceiptVerification } from '../../domain/wire/platform.ts';
import { html, type Html } from '../console/html.ts';
import { both, page, stateTag } from '../console/layout.ts';
import { verifyReceipt } from '../receipts.ts';
import type { PlatformContext } from './context.ts';
import { ProblemError, readAs } from './problem.ts';

const params = z.object({ token: z.string().max(400) });

const SIGNATURES: Readonly<Record<ReceiptVerification['signature'], LocalizedText>> = {
  valid: { zh: '回执是真的', en: 'The receipt is genuine' },
  invalid: { zh: '这张回执不是真的', en: 'The receipt is not genuine' },
  unknownKey: { zh: '不认识打印这张回执的终端', en: 'The terminal of this receipt is not known' },
  revokedKey: {
    zh: '打印这张回执的终端已停用，请到窗口核对',
    en: 'The terminal of this receipt is no longer in use; please ask at the counter',
  },
};

const ITEMS: Readonly<Record<ReceiptVerification['item'], LocalizedText>> = {
  arrived: { zh: '平台已收到这份申报', en: 'The application has arrived' },
  notYetArrived: {
    // the platform cannot know whether the terminal can still send it
    zh: '申报还没有传到平台。终端联网后一般会自动上传，先不用再交；过几天还这样，请到窗口询问',
    en: 'The application has not arrived yet. The terminal usually sends it by itself, so there is no need to apply again yet; if it stays so for days, please ask at the counter',
  },
  differs: {
    zh: '平台收到的申报和这张回执对不上，请到窗口核对',
    en: 'What has arrived does not match this receipt; please ask at the counter',
  },
  unknown: {
    zh: '查不到这份申报，请到窗口询问',
    en: 'Nothing is known of this application; please ask at the counter',
  },
};

const NO_RECEIPT: LocalizedText = {
  zh: '这不是回执上的二维码，请再扫一次',
  en: 'This is not the code of a receipt; please scan again',
};

function tone(verification: ReceiptVerification | undefined): string {
  if (verification?.signature !== 'valid') return 'bad';
  if (verification.item === 'arrived') return 'good';
  return verification.item === 'notYetArrived' ? 'wait' : 'bad';
}

function content(verification: ReceiptVerification | undefined): Html {
  if (!verification) return html`<p class="notice bad">${both(NO_RECEIPT)}</p>`;
  const { signature, item, receiptNumber, state } = verification;
  return html`<div class="notice ${tone(verification)}">
      <p class="big">${both(SIGNATURES[signature])}</p>
      <p>${both(ITEMS[item])}</p>
    </div>
    <dl>
      ${
        receiptNumber !== null &&
        html`<dt>${both({ zh: '回执号', en: 'Receipt number' })}</dt>
          <dd class="number">${groupReceiptNumber(receiptNumber)}</dd>`
      }
      ${
        state !== null &&
        html`<dt>${both({ zh: '办理状态', en: 'State' })}</dt>
          <dd>${stateTag(state)}</dd>`
      }
    </dl>
    <p>
      ${both({
        zh: '要看详情，请带身份证到任一终端或窗口查询。',
        en: 'For details come to any terminal or counter with your ID card.',
      })}
    </p>`;
}

/** Verification of receipts, for machines and for people. */
export function receiptRoutes(app: FastifyInstance, context: PlatformContext): void {
  const check = (token: string): Promise<ReceiptVerification | undefined> =>
    verifyReceipt(token, context.storage.terminals, context.storage.items, (submissionId) =>
      context.archive.lost.lackingOf(submissionId),
    );

  app.get('/v1/receipts/:token', async (request, reply) => {
    const { token } = readAs(params, request.params);
    const verification = await check(token);
    if (!verification) throw new ProblemError('malformed', 'no receipt token');
    return reply.send(verification);
  });

  app.get('/r/:token', async (request, reply) => {
    const read = params.safeParse(request.params);
    const verification = read.success ? await check(read.data.token) : undefined;
    return reply
      .type('text/html; charset=utf-8')
      .send(page({ zh: '回执查验', en: 'Receipt check' }, content(verification)));
  });
}
