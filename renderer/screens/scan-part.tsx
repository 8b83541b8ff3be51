import { useEffect, useRef, useState } from 'react';
import type { Material } from '../../domain/catalogue/catalogue.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { MaterialPageView, MaterialView } from '../../main/contract/session-view.ts';
import { CameraWay, type CameraUse } from '../camera/camera-way.tsx';
import { cameraHere, isGone } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { FeederPicture, FlatbedPicture } from '../parts/pictures.tsx';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';
import { PageAdviceNote } from './page-advice.tsx';

const MOST_PAGES = 10;

/** Scanning one paper: the pages so far, how it goes, and the two ways to add more. */
export function ScanPart(props: {
  readonly view: MaterialView;
  readonly material: Material;
  readonly away: boolean;
}) {
  const { t, text } = useWords();
  const { view, material } = props;
  const { scan } = useSession();
  const act = useAct();
  const { terminal } = usePageState();
  const [camera, setCamera] = useState<CameraUse | null>(null);
  const mine = scan?.materialId === material.id ? scan : null;
  // that it is away is said above by itself, as long as it is
  const gone = mine?.fault !== undefined && isGone(mine.fault);
  const [wasAway, setWasAway] = useState(false);
  if (props.away && !wasAway) setWasAway(true);
  else if (!props.away && mine?.state === 'scanning' && wasAway) setWasAway(false);
  const failed = mine?.state === 'failed' && !(gone && wasAway);
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // pages that came before it may have moved it out of sight
    if (failed) outcome.current?.scrollIntoView({ block: 'center' });
  }, [failed]);
  const busy = scan?.state === 'scanning';
  const most = material.maxPages ?? MOST_PAGES;
  const full = view.pages.filter(({ aside }) => !aside).length >= most;
  const name = text(material.name);
  const start = (source: 'flatbed' | 'feeder', replaces?: string): void =>
    act((core) =>
      core.materials.scan({
        materialId: material.id,
        source,
        ...(replaces === undefined ? {} : { replaces }),
      }),
    );
  const again = (page: MaterialPageView): void => {
    if (page.source === 'scanner') start('flatbed', page.pageId);
    else {
      act(async (core) => {
        await core.materials.removePage({ pageId: page.pageId });
        if (page.source === 'phone') await core.materials.phone({ materialId: material.id });
      });
    }
  };
  return (
    <>
      {view.pages.length === 0 ? null : (
        <ul className="pages">
          {view.pages.map((page, i) => (
            <li key={page.pageId} className={page.aside ? 'page-aside' : undefined}>
              <img
                src={`/preview/${encodeURIComponent(page.pageId)}`}
                alt={t('materials.pictureOf', { name, n: i + 1 })}
                width={page.width}
                height={page.height}
                draggable={false}
              />
              <p>{t('materials.page', { n: i + 1 })}</p>
              <PageAdviceNote
                page={page}
                name={name}
                n={i + 1}
                busy={
                  page.source === 'camera'
                    ? terminal === null || !cameraHere(terminal)
                    : busy || (props.away && page.source === 'scanner')
                }
                onAgain={() => {
                  if (page.source === 'camera') setCamera({ replaces: page.pageId });
                  else again(page);
                }}
              />
              <Button
                label={t('materials.turnNamed', { n: i + 1, name })}
                onPress={() => act((core) => core.materials.turnPage({ pageId: page.pageId }))}
              >
                <Glyph name="turn" />
                {t('materials.turn')}
              </Button>
              <Button
                label={t('materials.removeNamed', { n: i + 1, name })}
                onPress={() => act((core) => core.materials.removePage({ pageId: page.pageId }))}
              >
                <Glyph name="trash" />
                {t('materials.remove')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {mine?.state === 'scanning' ? (
        <div className="waiting" role="status">
          <div className="spinner" aria-hidden="true" />
          <p>{t('materials.scanning')}</p>
          <p>{t('materials.scanned', { count: mine.pagesSoFar })}</p>
          <Button onPress={() => act((core) => core.materials.cancelScan())}>
            {t('materials.cancel')}
          </Button>
        </div>
      ) : null}
      {mine?.state === 'failed' && gone && wasAway && !props.away ? (
        <Notice kind="info" live>
          <p>{t('materials.scannerBack')}</p>
        </Notice>
      ) : null}
      {failed ? (
        <div ref={outcome}>
          <Notice kind="bad" live title={t('materials.failed')}>
            <p>
              {mine.fault === undefined
                ? t('saying.tryAgain')
                : gone
                  ? t('materials.scannerGone')
                  : text(FAULTS[mine.fault.code].message)}
            </p>
            {mine.pagesSoFar === 0 || view.pages.length === 0 || full ? null : (
              <p>{t('materials.keptPages', { n: mine.pagesSoFar })}</p>
            )}
          </Notice>
        </div>
      ) : null}
      {full ? <p>{t('materials.maxPages', { n: most })}</p> : null}
      {mine?.state === 'scanning' ? null : (
        <CameraWay
          view={view}
          material={material}
          most={most}
          only={props.away}
          open={camera}
          onUse={setCamera}
        />
      )}
      {props.away || mine?.state === 'scanning' || full ? null : (
        <div className="ways">
          <div>
            <FlatbedPicture />
            <p>{t('materials.howFlatbed')}</p>
            <Button
              look={view.pages.length === 0 ? 'primary' : 'plain'}
              busy={busy}
              onPress={() => start('flatbed')}
            >
              {t(view.pages.length === 0 ? 'materials.flatbed' : 'materials.again')}
            </Button>
          </div>
          <div>
            <FeederPicture />
            <p>{t('materials.howFeeder')}</p>
            <Button busy={busy} onPress={() => start('feeder')}>
              {t(view.pages.length === 0 ? 'materials.feeder' : 'materials.feederMore')}
            </Button>
          </div>
        </div>
      )}
    </>
  );
}
