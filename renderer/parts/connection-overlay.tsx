import { usePageState, useWords } from '../use-page.ts';
import { Dialog } from './dialog.tsx';

/** The core is being sought again: the page stays as it is, under a calm word. */
export function ConnectionOverlay() {
  const { link, session } = usePageState();
  const { t } = useWords();
  if (link !== 'lost') return null;
  return (
    <Dialog title={t('link.lostTitle')} onEscape={() => undefined} urgent>
      <div className="spinner" aria-hidden="true" />
      <p role="status">{session === null ? t('link.lostTextIdle') : t('link.lostText')}</p>
    </Dialog>
  );
}
