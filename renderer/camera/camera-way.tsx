import type { Material } from '../../domain/catalogue/catalogue.ts';
import type { MaterialView } from '../../main/contract/session-view.ts';
import { cameraHere } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { usePageState, useWords } from '../use-page.ts';
import { CameraPicture } from './camera-picture.tsx';
import { CameraScreen } from './camera-screen.tsx';

/** What the camera is on for. */
export interface CameraUse {
  /** A page that is taken again. */
  readonly replaces?: string;
}

/** The way to give a paper through the document camera, where there is one. */
export function CameraWay(props: {
  readonly view: MaterialView;
  readonly material: Material;
  readonly most: number;
  /** It is the only way now. */
  readonly only: boolean;
  /** On the screen: for a new page, or for one that is taken again. */
  readonly open: CameraUse | null;
  readonly onUse: (use: CameraUse | null) => void;
}) {
  const { view, material, most, only, open, onUse } = props;
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const settings = terminal?.camera ?? null;
  if (terminal === null || settings === null || (!cameraHere(terminal) && open === null))
    return null;
  const full = view.pages.filter(({ aside }) => !aside).length >= most;
  return (
    <>
      {full ? null : (
        <div className="ways ways-camera">
          <div>
            <CameraPicture />
            <div>
              <p>{t('camera.how')}</p>
              <Button
                look={only && view.pages.length === 0 ? 'primary' : 'plain'}
                onPress={() => onUse({})}
              >
                <Glyph name="camera" />
                {t(view.pages.length === 0 ? 'camera.start' : 'camera.more')}
              </Button>
            </div>
          </div>
        </div>
      )}
      {open === null ? null : (
        <CameraScreen
          settings={settings}
          view={view}
          name={text(material.name)}
          most={most}
          replaces={open.replaces}
          onClose={() => onUse(null)}
        />
      )}
    </>
  );
}
