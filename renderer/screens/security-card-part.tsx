import { useEffect, useRef } from 'react';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { MaterialView } from '../../main/contract/session-view.ts';
import { isAway } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';

/** Giving a paper by putting the social security card into its reader, beside scanning it. */
export function SecurityCardPart({ view }: { readonly view: MaterialView }) {
  const { securityCard } = useSession();
  const place = useRef<HTMLDivElement>(null);
  const now = `${view.securityCard} ${securityCard.state}`;
  const seen = useRef(now);
  useEffect(() => {
    if (seen.current === now) return;
    seen.current = now;
    // the card is put in wherever the page stands: what came of it must be seen
    place.current?.scrollIntoView({ block: 'center' });
  }, [now]);
  return (
    <div className="card-reader" ref={place}>
      <Card view={view} />
    </div>
  );
}

function Card({ view }: { readonly view: MaterialView }) {
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const { securityCard } = useSession();
  const act = useAct();
  const device = terminal?.devices.securityCard;
  if (view.securityCard === 'no' || device === undefined) return null;
  if (view.securityCard === 'read') {
    return (
      <>
        <Notice kind="good" live title={t('securityCard.read')}>
          <p>{t('securityCard.readNote')}</p>
        </Notice>
        {securityCard.state === 'otherPerson' ? <OtherPerson /> : null}
        <Button onPress={() => act((core) => core.materials.dropCard())}>
          {t('securityCard.drop')}
        </Button>
      </>
    );
  }
  if (device.state === 'noDevice') return null;
  if (isAway(device)) return <p>{t('securityCard.away')}</p>;
  switch (securityCard.state) {
    case 'reading':
      return (
        <div className="waiting" role="status">
          <div className="spinner" aria-hidden="true" />
          <p>{t('securityCard.reading')}</p>
        </div>
      );
    case 'failed':
      return (
        <Notice kind="bad" live title={t('securityCard.failed')}>
          {securityCard.fault === undefined ? null : (
            <p>{text(FAULTS[securityCard.fault.code].message)}</p>
          )}
        </Notice>
      );
    case 'otherPerson':
      return <OtherPerson />;
    case 'none':
    case 'leftBehind':
      return (
        <Notice kind="info" title={t('securityCard.how')}>
          <p>{t('securityCard.howIn')}</p>
        </Notice>
      );
  }
}

function OtherPerson() {
  const { t } = useWords();
  return (
    <Notice kind="warn" live title={t('securityCard.other')}>
      <p>{t('securityCard.otherNext')}</p>
    </Notice>
  );
}
