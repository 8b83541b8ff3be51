import { createContext, useContext, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import type { LocalizedText, Locale } from '../domain/text.ts';
import type { SessionView } from '../main/contract/session-view.ts';
import { inBackground } from './in-background.ts';
import type { CoreClient } from './link.ts';
import type { PageState } from './page-state.ts';
import type { Page } from './page.ts';

/** Hands the page to its components. */
export const PageContext = createContext<Page | null>(null);

/** The page's doings. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === null) throw new Error('no page around this component');
  return page;
}

/** All that the page knows, kept fresh. */
export function usePageState(): PageState {
  const { store } = usePage();
  return useSyncExternalStore(store.subscribe, store.get);
}

/** The running session; only below a screen of a session. */
export function useSession(): SessionView {
  const { session } = usePageState();
  if (session === null) throw new Error('no session around this component');
  return session;
}

/** Words, and the texts of the catalogue in the language that is shown. */
export function useWords() {
  const { t, i18n } = useTranslation();
  const locale: Locale = i18n.language === 'en' ? 'en' : 'zh';
  return { t, locale, text: (of: LocalizedText): string => of[locale] };
}

/** A call to the core as a handler of a button. */
export function useAct(): (
  run: (client: CoreClient) => Promise<unknown>,
  deadlineMs?: number,
) => void {
  const page = usePage();
  return (run, deadlineMs) => inBackground(page.act(run, deadlineMs));
}
