import { useState } from 'react';
import type { Material } from '../../domain/catalogue/catalogue.ts';
import type { MaterialView } from '../../main/contract/session-view.ts';
import { cameraHere, isAway } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { openedService } from '../page-state.ts';
import { useAct, usePage, usePageState, useSession, useWords } from '../use-page.ts';
import { GoneScreen } from './gone.tsx';
import { PhonePart } from './phone-part.tsx';
import { ScanPart } from './scan-part.tsx';
import { SecurityCardPart } from './security-card-part.tsx';

/** Papers to give: each a card that says what is needed and how to give it. */
export function MaterialsScreen() {
  const { t } = useWords();
  const page = usePage();
  const state = usePageState();
  const session = useSession();
  const act = useAct();
  const service = openedService(state);
  if (service === undefined) return <GoneScreen />;
  const missing = session.materials.some(({ required, given }) => required && given === 'notYet');
  const next = (): void => {
    if (missing) {
      page.say('missingMaterials');
      document.querySelector('.paper-missing, .card-missing')?.scrollIntoView({ block: 'start' });
      return;
    }
    act((core) => core.session.materialsDone());
  };
  const papers = session.materials.flatMap((view) => {
    const material = service.materials.find(({ id }) => id === view.materialId);
    return material === undefined ? [] : [{ view, material }];
  });
  const byHand = papers.filter(({ view }) => view.means === 'paper');
  const bySelf = papers.filter(({ view }) => view.means !== 'paper');
  return (
    <Frame
      screen="materials"
      title={t('materials.title')}
      next={{ label: t('common.next'), onPress: next }}
    >
      {byHand.length === 0 ? (
        <Notice kind="good">
          <p>{t('materials.none')}</p>
        </Notice>
      ) : null}
      {byHand.some(({ material }) => material.anyOfGroup !== undefined) ? (
        <p>{t('materials.anyOf')}</p>
      ) : null}
      {byHand.map(({ view, material }) => (
        <Paper key={material.id} view={view} material={material} phone={service.contacts.consult} />
      ))}
      {bySelf.length === 0 ? null : (
        <ul className="given-list">
          {bySelf.map(({ view, material }) => (
            <GivenAlready key={material.id} view={view} material={material} />
          ))}
        </ul>
      )}
    </Frame>
  );
}

/** Nothing to do for it: from the card, by the platform, or made here. */
function GivenAlready({
  view,
  material,
}: {
  readonly view: MaterialView;
  readonly material: Material;
}) {
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const means = view.means === 'paper' ? 'platform' : view.means;
  const missing = view.given === 'notYet';
  const readerAway = terminal !== null && isAway(terminal.devices.idCard);
  const words = missing
    ? t(readerAway ? 'materials.cardMissingReaderAway' : 'materials.cardMissing')
    : means === 'platform' && terminal?.link !== 'online'
      ? t('materials.platformOffline')
      : t(`materials.${means}`);
  return (
    <li className={missing ? 'card-missing' : undefined}>
      <Glyph name={missing ? 'warn' : 'check'} />
      <div>
        <p className="material-name">{text(material.name)}</p>
        <p>{words}</p>
      </div>
    </li>
  );
}

function Paper(props: {
  readonly view: MaterialView;
  readonly material: Material;
  readonly phone: string;
}) {
  const { t, text } = useWords();
  const { view, material } = props;
  const { terminal } = usePageState();
  const act = useAct();
  const [committing, setCommitting] = useState(false);
  const away = terminal !== null && isAway(terminal.devices.documentScanner);
  const camera = terminal !== null && cameraHere(terminal);
  const commit = (committed: boolean): void => {
    setCommitting(false);
    act((core) => core.materials.commit({ materialId: material.id, committed }));
  };
  const mayCommit = view.commitmentPossible && view.given === 'notYet';
  const byCard = view.securityCard === 'read';
  const cardInstead =
    view.securityCard === 'possible' && terminal !== null && !isAway(terminal.devices.securityCard);
  return (
    <section
      className={view.required && view.given === 'notYet' ? 'paper paper-missing' : 'paper'}
      aria-labelledby={`paper-${material.id}`}
    >
      <div className="paper-head">
        <h2 id={`paper-${material.id}`}>{text(material.name)}</h2>
        <p className={`badge badge-${view.given}`}>
          <Glyph name={view.given === 'notYet' ? 'info' : 'check'} />
          {t(`materials.status.${view.given}`)}
        </p>
      </div>
      <p>
        <span className="tag">
          {t(view.required ? 'materials.required' : 'materials.notRequired')}
        </span>
        {material.anyOfGroup === undefined ? null : (
          <span className="tag">{t('guide.anyOfTag')}</span>
        )}
      </p>
      {material.acceptStandard === undefined ? null : (
        <p>{t('materials.accept', { text: text(material.acceptStandard) })}</p>
      )}
      {material.note === undefined ? null : <p>{text(material.note)}</p>}
      {view.given === 'committed' ? (
        <>
          <Notice kind="good">
            <p>{t('materials.committed')}</p>
          </Notice>
          <Button onPress={() => commit(false)}>{t('materials.uncommit')}</Button>
        </>
      ) : (
        <>
          {view.securityCard === 'no' ? null : <SecurityCardPart view={view} />}
          {away && camera && !byCard && terminal.devices.documentScanner.state !== 'noDevice' ? (
            <Notice kind="info" live>
              <p>{t('camera.scannerAway')}</p>
            </Notice>
          ) : null}
          {away && !camera && !byCard ? (
            <Notice kind="warn" live>
              <p>{t('materials.scannerAway')}</p>
              {view.given === 'given' || cardInstead ? null : (
                <p>
                  {view.commitmentPossible
                    ? t('materials.scannerAwayCommit')
                    : view.required
                      ? t('materials.scannerAwayElsewhere', { phone: props.phone })
                      : t('materials.scannerAwayOptional')}
                </p>
              )}
            </Notice>
          ) : null}
          <ScanPart view={view} material={material} away={away || byCard} />
          {byCard ? null : <PhonePart material={material} />}
          {mayCommit ? (
            <Button onPress={() => setCommitting(true)}>
              <Glyph name="pen" />
              {t('materials.commit')}
            </Button>
          ) : null}
        </>
      )}
      {committing ? (
        <Dialog
          title={t('materials.commitTitle', { name: text(material.name) })}
          onEscape={() => setCommitting(false)}
        >
          <p className="statement">{t('materials.commitText')}</p>
          <div className="dialog-buttons">
            <Button look="primary" onPress={() => commit(true)}>
              {t('materials.commitYes')}
            </Button>
            <Button onPress={() => setCommitting(false)}>{t('materials.commitNo')}</Button>
          </div>
        </Dialog>
      ) : null}
    </section>
  );
}
