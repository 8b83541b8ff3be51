import { useEffect, useState } from 'react';
import type { CameraSettings } from '../../main/contract/camera.ts';
import { usePage } from '../use-page.ts';
import { LiveCamera, type CameraView } from './live-camera.ts';

/** The camera, on for as long as the component is on the screen. What comes of it is told to the core too. */
export function useLiveCamera({ label, minWidth, stillMs, rotate }: CameraSettings): CameraView {
  const page = usePage();
  const [view, setView] = useState<CameraView>({ is: 'opening' });
  useEffect(() => {
    const camera = new LiveCamera({ label, minWidth, stillMs, rotate }, (now) => {
      setView(now);
      if (now.is === 'running') page.camera.tried('found');
      if (now.is === 'away') page.camera.tried(now.why);
    });
    camera.start();
    return () => camera.stop();
  }, [page, label, minWidth, stillMs, rotate]);
  return view;
}
