import { useEffect, useRef, useState } from 'react';
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
  if (camera.is === 'running') return <Picture stream={camera.stream} />;
  const words = camera.is === 'away' ? 'service.cameraAway' : 'service.testing.documentCamera';
  return <Notice kind={camera.is === 'away' ? 'bad' : 'info'} live title={t(words)} />;
}

function Picture({ stream }: { readonly stream: MediaStream }) {
  const { t } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [size, setSize] = useState('');
  useEffect(() => {
    const at = video.current;
    if (at === null) return undefined;
    at.srcObject = stream;
    return () => {
      at.srcObject = null;
    };
  }, [stream]);
  return (
    <figure className="camera-trial">
      <video
        ref={video}
        aria-label={t('camera.picture')}
        autoPlay
        muted
        playsInline
        disablePictureInPicture
        onResize={({ currentTarget: { videoWidth, videoHeight } }) => {
          if (videoWidth > 0) setSize(`${videoWidth} × ${videoHeight}`);
        }}
      />
      <figcaption className="service-small">{size}</figcaption>
    </figure>
  );
}
