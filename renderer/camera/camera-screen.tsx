import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { CameraSettings } from '../../main/contract/camera.ts';
import type { MaterialView } from '../../main/contract/session-view.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWords } from '../use-page.ts';
import { CameraStage } from './camera-stage.tsx';
import { Eye } from './eye.ts';
import type { CameraView } from './live-camera.ts';
import { postPicture, type Posted } from './post-picture.ts';
import { useLiveCamera } from './use-live-camera.ts';

/** What becomes of the picture that was taken last. */
type Shot = { readonly is: 'none' | 'sending' } | { readonly is: 'refused'; readonly why: Refusal };
type Refusal = Exclude<Posted, 'taken'>;

/** Taking the pages of one paper through the document camera: it is on while this is on the screen, no longer. */
export function CameraScreen(props: {
  readonly settings: CameraSettings;
  readonly view: MaterialView;
  readonly name: string;
  readonly most: number;
  /** A page that is taken again. */
  readonly replaces?: string | undefined;
  readonly onClose: () => void;
}) {
  const { settings, view, name, most, onClose } = props;
  const { t } = useWords();
  const camera = useLiveCamera(settings);
  const [shot, setShot] = useState<Shot>({ is: 'none' });
  const shooting = useRef(false);
  const kept = view.pages.filter(({ aside }) => !aside).length;
  // the page that is taken again, until it was
  const old = useRef(props.replaces);
  const full = kept >= most && !view.pages.some(({ pageId }) => pageId === old.current);
  const shoot = useRef<() => void>(() => undefined);
  const { stillMs } = settings;
  const eye = useMemo(() => new Eye(stillMs, () => shoot.current()), [stillMs]);
  const { materialId } = view;
  useEffect(() => {
    shoot.current = () => {
      if (!shooting.current && !full) inBackground(take());
    };
    const take = async (): Promise<void> => {
      shooting.current = true;
      setShot({ is: 'sending' });
      const picture = await eye.picture();
      const posted =
        picture === undefined ? 'unreadable' : await postPicture(materialId, picture, old.current);
      if (posted === 'taken') old.current = undefined;
      shooting.current = false;
      setShot(posted === 'taken' ? { is: 'none' } : { is: 'refused', why: posted });
    };
  }, [eye, full, materialId]);
  const press = (): void => {
    eye.tookByHand();
    shoot.current();
  };
  const some = view.pages.length > 0;
  return (
    <Dialog title={t('camera.title', { name })} onEscape={onClose} look="screen">
      {camera.is === 'running' ? (
        <>
          <CameraStage stream={camera.stream} turn={settings.rotate} eye={eye} />
          <Words eye={eye} shot={shot} full={full} byHandOnly={stillMs === null} />
        </>
      ) : (
        <Away camera={camera} />
      )}
      <Taken view={view} name={name} />
      <div className="camera-buttons">
        {camera.is === 'running' ? (
          <Button
            look={some ? 'plain' : 'primary'}
            busy={shot.is === 'sending' || full}
            onPress={press}
          >
            <Glyph name="camera" />
            {t('camera.shoot')}
          </Button>
        ) : null}
        <Button look={some ? 'primary' : 'plain'} onPress={onClose}>
          <Glyph name={some ? 'check' : 'back'} />
          {t(some ? 'camera.done' : camera.is === 'away' ? 'camera.otherWay' : 'camera.back')}
        </Button>
      </div>
    </Dialog>
  );
}

/** One sentence that says what to do now; spoken, so it changes only when it means something else. */
function Words(props: {
  readonly eye: Eye;
  readonly shot: Shot;
  readonly full: boolean;
  readonly byHandOnly: boolean;
}) {
  const { t } = useWords();
  const { eye, shot } = props;
  const { phase, quad, troubles } = useSyncExternalStore(eye.subscribe, eye.get);
  const trouble = phase.is === 'taken' ? undefined : troubles[0];
  if (props.full) return <Say kind="good" words={t('camera.full')} />;
  if (shot.is === 'sending') return <Say kind="good" words={t('camera.sending')} />;
  if (shot.is === 'refused' && phase.is === 'taken') {
    return <Say kind="bad" words={t(`camera.posted.${shot.why}`)} />;
  }
  if (trouble !== undefined) {
    return (
      <Say kind="warn" words={t(`camera.trouble.${trouble}`)} more={quad && t('camera.byHand')} />
    );
  }
  if (phase.is === 'taken') return <Say kind="good" words={t('camera.taken')} />;
  if (quad === undefined) return <Say kind="info" words={t('camera.looking')} />;
  return <Say kind="good" words={t(props.byHandOnly ? 'camera.foundByHand' : 'camera.found')} />;
}

function Say(props: {
  readonly kind: 'info' | 'good' | 'warn' | 'bad';
  readonly words: string;
  readonly more?: string | undefined;
}) {
  return (
    <div className="camera-words" role="status">
      <Notice kind={props.kind} title={props.words}>
        {props.more === undefined ? null : <p>{props.more}</p>}
      </Notice>
    </div>
  );
}

function Away({ camera }: { readonly camera: Exclude<CameraView, { is: 'running' }> }) {
  const { t } = useWords();
  if (camera.is === 'opening') {
    return (
      <div className="camera-stage waiting" role="status">
        <div className="spinner" aria-hidden="true" />
        <p>{t('camera.opening')}</p>
      </div>
    );
  }
  const words = camera.unplugged ? t('camera.unplugged') : t(`camera.away.${camera.why}`);
  return (
    <Notice kind="bad" live title={words}>
      <p>{t('camera.elsewhere')}</p>
    </Notice>
  );
}

const SHOWN = 4;

/** The pages that were taken, the newest ones small. */
function Taken({ view, name }: { readonly view: MaterialView; readonly name: string }) {
  const { t } = useWords();
  const { pages } = view;
  if (pages.length === 0) return null;
  const first = Math.max(0, pages.length - SHOWN);
  return (
    <div className="camera-taken">
      <p role="status">{t('camera.count', { count: pages.length })}</p>
      <ul>
        {pages.slice(first).map((page, i) => (
          <li key={page.pageId}>
            <img
              src={`/preview/${encodeURIComponent(page.pageId)}`}
              alt={t('camera.pictureOf', { name, n: first + i + 1 })}
              width={page.width}
              height={page.height}
              draggable={false}
            />
            <p aria-hidden="true">{t('camera.page', { n: first + i + 1 })}</p>
          </li>
        ))}
      </ul>
    </div>
  );
}
