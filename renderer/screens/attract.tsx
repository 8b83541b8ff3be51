import { useRef } from 'react';
import type { TerminalView } from '../../main/contract/shapes.ts';
import { CodeOffer } from '../parts/code-offer.tsx';
import { Header } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { CardPicture } from '../parts/pictures.tsx';
import { isAway, receiptHere, takesPapers } from '../devices.ts';
import { useAct, usePage, usePageState, useWords } from '../use-page.ts';

const KNOCKS = 5;
const KNOCKS_WITHIN_MS = 3_000;

/** Staff and technicians know it: five touches on the seal in three seconds. */
function useKnock(): () => void {
  const page = usePage();
  const knocks = useRef<readonly number[]>([]);
  return () => {
    const now = performance.now();
    knocks.current = [...knocks.current.filter((at) => now - at < KNOCKS_WITHIN_MS), now];
    if (knocks.current.length >= KNOCKS) page.store.set({ pinAsked: true });
  };
}

/** What the large words may promise. */
type Invitation = 'card' | 'readerAway' | 'guidesOnly' | 'closed';

function invitationOf(terminal: TerminalView | null): Invitation {
  const taking = terminal?.taking ?? 'yes';
  if (['noCatalogue', 'notEnrolled', 'batteryLow'].includes(taking)) return 'closed';
  if (taking !== 'yes') return 'guidesOnly';
  return terminal !== null && isAway(terminal.devices.idCard) ? 'readerAway' : 'card';
}

/** Nobody is here: a large invitation in both languages, and honest words on what does not work now. */
export function AttractScreen() {
  const { t, text, locale } = useWords();
  const { terminal, catalogue } = usePageState();
  const invitation = invitationOf(terminal);
  const act = useAct();
  const knock = useKnock();
  const other = locale === 'zh' ? 'en' : 'zh-CN';
  const begin = (): void => act((core) => core.session.begin({ locale }));
  return (
    <div className="screen attract" data-step="attract">
      <Header onSeal={knock} />
      <main className="attract-main">
        <section className="invitation">
          {invitation === 'card' ? <CardPicture /> : null}
          <h1>{t(`attract.title.${invitation}`)}</h1>
          <p className="invitation-other" lang={other}>
            {t(`attract.titleOther.${invitation}`)}
          </p>
          {invitation === 'closed' ? null : (
            <button type="button" className="invitation-touch" onClick={begin}>
              <span>
                {t(invitation === 'card' ? 'attract.touch' : 'attract.start')}
                <span className="invitation-touch-other" lang={other}>
                  {t(invitation === 'card' ? 'attract.touchOther' : 'attract.startOther')}
                </span>
              </span>
              <Glyph name="next" />
            </button>
          )}
        </section>
        <Honest />
        <CodeOffer />
        {catalogue === null || invitation === 'guidesOnly' || invitation === 'closed' ? null : (
          <section className="attract-services">
            <h2>
              {t('attract.here')} <span lang={other}>{t('attract.hereOther')}</span>
            </h2>
            <ul>
              {catalogue.services.slice(0, 4).map((service) => (
                <li key={service.id}>{text(service.name)}</li>
              ))}
            </ul>
          </section>
        )}
      </main>
      <footer className="attract-foot">
        <p>{t('attract.safe')}</p>
        <p lang={other}>{t('attract.safeOther')}</p>
      </footer>
    </div>
  );
}

/** What this terminal cannot do at the moment, and what to do instead. */
function Honest() {
  const { t } = useWords();
  const { terminal } = usePageState();
  if (terminal === null) return null;
  const { idCard, receiptPrinter } = terminal.devices;
  // who may not apply now must not read beside it that applying goes on as usual
  const words =
    terminal.taking !== 'yes'
      ? [t(`taking.${terminal.taking}`)]
      : [
          isAway(idCard) ? t('attract.readerAway') : null,
          terminal.link === 'offline' ? t('attract.offline') : null,
          receiptPrinter.paper === 'out'
            ? t('attract.paperOut')
            : receiptHere(receiptPrinter) !== 'screen' || receiptPrinter.state === 'starting'
              ? null
              : t('attract.printerAway'),
          takesPapers(terminal) ? null : t('attract.scannerAway'),
        ].filter((word) => word !== null);
  if (words.length === 0) return null;
  return (
    <Notice kind="info" live>
      {words.map((word) => (
        <p key={word}>{word}</p>
      ))}
    </Notice>
  );
}
