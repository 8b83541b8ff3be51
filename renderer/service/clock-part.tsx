import { useEffect, useState } from 'react';
import type { ServiceView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText } from '../text-forms.ts';
import { useAct, useWords } from '../use-page.ts';

/** The core's clock, going on from its last word: the page's own may be another one. */
function useCoreTime(now: string): string {
  const [passed, setPassed] = useState({ since: now, ms: 0 });
  useEffect(() => {
    const began = performance.now();
    const tick = setInterval(() => setPassed({ since: now, ms: performance.now() - began }), 1000);
    return () => clearInterval(tick);
  }, [now]);
  const ms = passed.since === now ? passed.ms : 0;
  return new Date(Date.parse(now) + ms).toISOString();
}

/** Asks a technician whether the clock, which ran ahead once, shows the right time now: day and year too. */
export function ClockPart({ clock }: { readonly clock: NonNullable<ServiceView['clock']> }) {
  const { t, locale } = useWords();
  const act = useAct();
  const [asked, setAsked] = useState(false);
  const now = useCoreTime(clock.now);
  const shown = dateTimeText(now, locale);
  return (
    <>
      <Notice kind="warn" live title={t('service.clock.title')}>
        <p>{t('service.clock.text')}</p>
        <p className="number">{shown}</p>
        <Button onPress={() => setAsked(true)}>{t('service.clock.right')}</Button>
      </Notice>
      {asked ? (
        <Dialog title={t('service.clock.ask')} onEscape={() => setAsked(false)} urgent>
          <p className="number">{shown}</p>
          <p>{t('service.clock.askText')}</p>
          <div className="dialog-buttons">
            <Button look="primary" onPress={() => setAsked(false)}>
              {t('service.clock.no')}
            </Button>
            <Button
              look="danger"
              onPress={() => {
                setAsked(false);
                act((core) => core.service.confirmClock({ now }));
              }}
            >
              {t('service.clock.yes')}
            </Button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
