import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { isAway } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { CardPicture } from '../parts/pictures.tsx';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';

const STATE_WORDS = {
  none: 'none',
  reading: 'reading',
  read: 'read',
  failed: 'again',
  leftBehind: 'read',
} as const;

/** Asks for the card, and says how reading goes. */
export function IdentifyScreen() {
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const { card, serviceId } = useSession();
  const act = useAct();
  const readerAway = terminal !== null && isAway(terminal.devices.idCard);
  return (
    <Frame
      screen="identify"
      title={t(serviceId === null ? 'identify.title' : 'identify.titleApply')}
      aside={t('identify.how')}
    >
      <div className={`reader reader-${card.state}`}>
        <CardPicture />
        <p className="reader-state" role="status">
          {card.state === 'reading' ? <span className="spinner" aria-hidden="true" /> : null}
          {card.state === 'read' ? <Glyph name="check" /> : null}
          {t(
            card.fault?.code === 'idCard.removedEarly'
              ? // nothing lies there that could be lifted
                'identify.layAgain'
              : `identify.${STATE_WORDS[card.state]}`,
          )}
        </p>
      </div>
      {card.state === 'failed' ? (
        <Notice kind="bad" live title={t('identify.failed')}>
          <p>
            {card.fault === undefined
              ? t('saying.tryAgain')
              : text(FAULTS[card.fault.code].message)}
          </p>
        </Notice>
      ) : null}
      {card.state === 'leftBehind' ? (
        <Notice kind="warn" live>
          <p>{t('identify.leftBehind')}</p>
        </Notice>
      ) : null}
      {readerAway ? (
        <Notice kind="warn" live>
          <p>{t('identify.readerAway')}</p>
        </Notice>
      ) : null}
      <div className="stack">
        <Button onPress={() => act((core) => core.session.browse())}>
          <Glyph name="search" />
          {t('identify.browse')}
        </Button>
        <p className="quiet">{t('identify.forgot')}</p>
      </div>
    </Frame>
  );
}
