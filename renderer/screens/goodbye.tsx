import { Header } from '../parts/frame.tsx';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { TakePicture } from '../parts/pictures.tsx';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';

/** Thanks, in both languages; a card left on the reader is said loudly, a receipt named only if it was printed. */
export function GoodbyeScreen() {
  const { t, locale } = useWords();
  const { card, securityCard } = useSession();
  const what = usePageState().receiptsOut.length > 0 ? 'take' : 'takeNoReceipt';
  const act = useAct();
  const other = locale === 'zh' ? 'en' : 'zh-CN';
  return (
    <div className="screen attract" data-step="goodbye">
      <Header />
      <main className="attract-main goodbye">
        <TakePicture />
        <h1>{t('goodbye.title')}</h1>
        <p className="invitation-other" lang={other}>
          {t('goodbye.titleOther')}
        </p>
        {card.state === 'leftBehind' || card.state === 'read' ? (
          <Notice kind="bad" live title={t('goodbye.leftBehind')}>
            <p lang={other}>{t('goodbye.leftBehindOther')}</p>
          </Notice>
        ) : (
          <Notice kind="info" title={t(`goodbye.${what}`)}>
            <p lang={other}>{t(`goodbye.${what}Other`)}</p>
          </Notice>
        )}
        {securityCard.state === 'leftBehind' ? (
          <Notice kind="bad" live title={t('securityCard.leftBehind')}>
            <p lang={other}>{t('securityCard.leftBehindOther')}</p>
          </Notice>
        ) : null}
        <Notice kind="good" title={t('goodbye.cleared')}>
          <p lang={other}>{t('goodbye.clearedOther')}</p>
        </Notice>
        <Button look="primary" onPress={() => act((core) => core.session.end())}>
          {t('goodbye.done')}
        </Button>
      </main>
    </div>
  );
}
