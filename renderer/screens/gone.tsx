import { Frame } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { usePageState, useWords } from '../use-page.ts';

/** The catalogue does not hold the service (yet): a word and the way back instead of nothing. */
export function GoneScreen() {
  const { t } = useWords();
  const { catalogue } = usePageState();
  return (
    <Frame screen="gone" title={t('find.title')}>
      <Notice kind="warn" live>
        <p>{catalogue === null ? t('common.loading') : t('form.gone')}</p>
      </Notice>
    </Frame>
  );
}
