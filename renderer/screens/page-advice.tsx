import type { MaterialPageView } from '../../main/contract/session-view.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { useAct, useWords } from '../use-page.ts';

/**
 * What may be wrong with a page, beside its picture, and the two ways on: again, or keep it. Shows nothing
 * when nothing is wrong.
 */
export function PageAdviceNote(props: {
  readonly page: MaterialPageView;
  /** Name of the paper, and which page of it. */
  readonly name: string;
  readonly n: number;
  readonly busy: boolean;
  readonly onAgain: () => void;
}) {
  const { t } = useWords();
  const act = useAct();
  const { page, name, n, busy, onAgain } = props;
  if (page.advice.length === 0 && !page.aside) return null;
  const photo = page.source !== 'scanner';
  const keep = (): void => act((core) => core.materials.keepPage({ pageId: page.pageId }));
  return (
    <div className="page-advice" role="status">
      <Glyph name="warn" />
      <div>
        {page.aside ? (
          <p>{t('pageAdvice.aside')}</p>
        ) : (
          page.advice.map((advice) => <p key={advice}>{t(`pageAdvice.${advice}`)}</p>)
        )}
      </div>
      {page.aside ? null : (
        <Button
          busy={busy}
          label={t(photo ? 'pageAdvice.againPhotoNamed' : 'pageAdvice.againNamed', { name, n })}
          onPress={onAgain}
        >
          {t(photo ? 'pageAdvice.againPhoto' : 'pageAdvice.again')}
        </Button>
      )}
      <Button
        label={t(page.aside ? 'pageAdvice.keepAsideNamed' : 'pageAdvice.keepNamed', { name, n })}
        onPress={keep}
      >
        {t(page.aside ? 'pageAdvice.keepAside' : 'pageAdvice.keep')}
      </Button>
    </div>
  );
}
