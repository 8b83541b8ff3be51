import { Frame } from '../parts/frame.tsx';
import { useWords } from '../use-page.ts';

/** Being stored: it takes a moment, and says only that. */
export function SubmittingScreen() {
  const { t } = useWords();
  return (
    <Frame screen="submitting" title={t('submitting.title')} onBack={null} canEnd={false}>
      <div className="waiting" role="status">
        <div className="spinner" aria-hidden="true" />
        <p className="summary">{t('submitting.text')}</p>
      </div>
    </Frame>
  );
}
