import type { LocalizedText } from '../../../domain/text.ts';
import { html } from '../html.ts';
import { both, csrfField, page } from '../layout.ts';

/** Why a login was not taken. */
export type LoginFault = 'wrong' | 'locked' | 'stale';

const FAULTS: Readonly<Record<LoginFault, LocalizedText>> = {
  wrong: { zh: '用户名或密码不对', en: 'Name or password is wrong' },
  locked: {
    zh: '错误次数太多，这个用户名锁定 30 分钟',
    en: 'Too many wrong attempts: this name is locked for 30 minutes',
  },
  stale: { zh: '页面已过期，请再试一次', en: 'The page was too old, please try again' },
};

/** The login page. */
export function loginPage(csrf: string, fault?: LoginFault): string {
  const content = html`${
      fault && html`<p class="notice bad" role="alert">${both(FAULTS[fault])}</p>`
    }
    <form method="post" action="/console/login">
      ${csrfField(csrf)}
      <label for="name">${both({ zh: '用户名', en: 'User name' })}</label>
      <input id="name" type="text" name="name" autocomplete="username" required autofocus />
      <label for="password">${both({ zh: '密码', en: 'Password' })}</label>
      <input
        id="password"
        type="password"
        name="password"
        autocomplete="current-password"
        required
      />
      <p class="next"><button>${both({ zh: '登录', en: 'Log in' })}</button></p>
    </form>`;
  return page({ zh: '登录办件系统', en: 'Log in to the cases' }, content);
}
