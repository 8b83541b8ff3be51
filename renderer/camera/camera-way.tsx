import { useState } from 'react';
import type { Material } from '../../domain/catalogue/catalogue.ts';
import type { MaterialView } from '../../main/contract/session-view.ts';
import { cameraHere } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { usePageState, useWords } from '../use-page.ts';
import { CameraPicture } from './camera-picture.tsx';
import { CameraScreen } from './camera-screen.tsx';

/** The way to give a paper through the document camera, where there is one. */
export function CameraWay(props: {
  readonly view: MaterialView;
  readonly material: Material;
  readonly most: number;
  /** It is the only way now. */
  readonly only: boolean;
}) {
  const { view, material, most, only } = props;
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const [open, setOpen] = useState(false);
  const settings = terminal?.camera ?? null;
  if (terminal === null || settings === null || (!cameraHere(terminal) && !open)) return null;
  const full = view.pages.length >= most;
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
                onPress={() => setOpen(true)}
              >
                <Glyph name="camera" />
                {t(view.pages.length === 0 ? 'camera.start' : 'camera.more')}
              </Button>
            </div>
          </div>
        </div>
      )}
      {open ? (
        <CameraScreen
          settings={settings}
          view={view}
          name={text(material.name)}
          most={most}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </>
  );
}
