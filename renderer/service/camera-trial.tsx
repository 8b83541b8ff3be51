import { useState } from 'react';
import type { Turn } from '../camera/frames.ts';
import { TurnedVideo } from '../camera/turned-video.tsx';
import { useLiveCamera } from '../camera/use-live-camera.ts';
import type { CameraSettings } from '../../main/contract/camera.ts';
import { Notice } from '../parts/notice.tsx';
import { usePageState, useWords } from '../use-page.ts';

/** What the document camera sees, while a person is asked about it. Nothing is taken. */
export function CameraTrial() {
  const { terminal } = usePageState();
  const settings = terminal?.camera ?? null;
  return settings === null ? null : <Live settings={settings} />;
}

function Live({ settings }: { readonly settings: CameraSettings }) {
  const { t } = useWords();
  const camera = useLiveCamera(settings);
  if (camera.is === 'running') {
    return <Picture stream={camera.stream} turn={settings.rotate} />;
  }
  const words = camera.is === 'away' ? 'service.cameraAway' : 'service.testing.documentCamera';
  return <Notice kind={camera.is === 'away' ? 'bad' : 'info'} live title={t(words)} />;
}

function Picture(props: { readonly stream: MediaStream; readonly turn: Turn }) {
  const { t } = useWords();
  const [size, setSize] = useState('');
  return (
    <figure className="camera-trial">
      <TurnedVideo
        {...props}
        label={t('camera.picture')}
        onSize={({ width, height }) => setSize(`${width} × ${height}`)}
      />
      <figcaption className="service-small">{size}</figcaption>
    </figure>
  );
}
