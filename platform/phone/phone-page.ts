import type { LocalizedText } from '../../domain/text.ts';
import { html } from '../console/html.ts';
import { both, page } from '../console/layout.ts';

/** What the script says, in both languages; it finds them by name. */
const WORDS: Readonly<Record<string, LocalizedText>> = {
  opening: { zh: '正在连接终端……', en: 'Connecting to the terminal…' },
  ready: {
    zh: '已连接。请对着材料拍照，一张拍一页。',
    en: 'Connected. Photograph your papers, one page in each picture.',
  },
  sending: { zh: '正在发送，请稍等……', en: 'Sending, please wait…' },
  sent: { zh: '发送成功，请看终端屏幕。', en: 'Sent. Please look at the terminal.' },
  finished: {
    zh: '发送完了，可以关掉这个页面。照片没有留在平台上，终端看过就删除。',
    en: 'Done. You can close this page. No photograph stays on the platform.',
  },
  gone: {
    zh: '这个二维码过期了。请在终端上重新打开一个。',
    en: 'This code is no longer valid. Please open a new one at the terminal.',
  },
  taken: {
    zh: '已经有一部手机连上了。如果不是您的，请在终端上重新打开一个二维码。',
    en: 'Another phone is connected already. If it is not yours, open a new code at the terminal.',
  },
  full: { zh: '最多只能发这么多张。', en: 'No more pictures can be sent.' },
  noPicture: {
    zh: '这张打不开，请换一张，或者重新拍。',
    en: 'This is no picture that can be opened. Choose another one, or take it again.',
  },
  network: {
    zh: '没有发出去。请看手机有没有网，再点一次。',
    en: 'It was not sent. Check the phone’s connection and try again.',
  },
  unfit: {
    zh: '这个浏览器太旧，发不了。请换一个浏览器，或者用终端上的扫描仪。',
    en: 'This browser is too old. Use another one, or the scanner at the terminal.',
  },
};

/** The page that a citizen's phone shows; all that differs stands behind the `#`, which stays in the phone. */
export function phonePage(): string {
  const words = Object.entries(WORDS).map(
    ([name, text]) => html`<p data-words="${name}" hidden>${both(text)}</p>`,
  );
  return page(
    { zh: '用手机拍材料', en: 'Photograph your papers' },
    html`<div id="say" class="notice wait" role="status" aria-live="polite">${words}</div>
      <p id="buttons" hidden>
        <label class="button" for="pick">${both({ zh: '拍照', en: 'Take a picture' })}</label>
        <input
          id="pick"
          class="visually-hidden"
          type="file"
          accept="image/*"
          capture="environment"
        />
        <label class="button" for="choose"
          >${both({ zh: '从相册选', en: 'Choose pictures' })}</label
        >
        <input id="choose" class="visually-hidden" type="file" accept="image/*" multiple />
      </p>
      <p>${both({ zh: '已发送', en: 'Sent' })}: <strong id="count">0</strong></p>
      <p id="end" hidden>
        <button id="finish" type="button">
          ${both({ zh: '发完了', en: 'I have sent everything' })}
        </button>
      </p>
      <p>
        ${both({
          zh: '照片在您的手机上加密，只有您面前的这台终端能打开。',
          en: 'Your phone encrypts the pictures; only the terminal before you can open them.',
        })}
      </p>
      <script src="/p/phone-page.js"></script>`,
  );
}
