import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { inBackground } from './in-background.ts';
import { en } from './messages/en.ts';
import { zh, type Messages } from './messages/zh.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: Messages };
  }
}

/** Loads the words; everything is in the page itself, nothing is fetched. */
export function startWords(): void {
  inBackground(
    i18next.use(initReactI18next).init({
      lng: 'zh',
      fallbackLng: 'zh',
      resources: { zh: { translation: zh }, en: { translation: en } },
      interpolation: { escapeValue: false },
      initAsync: false,
      react: { useSuspense: false },
    }),
  );
}

/** Speaks another language from now on; the document says which. */
export function speak(locale: 'zh' | 'en'): void {
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en';
  if (i18next.language !== locale) inBackground(i18next.changeLanguage(locale));
}
