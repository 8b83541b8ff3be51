import { useCallback, useState, useSyncExternalStore } from 'react';
import { useWords } from '../use-page.ts';
import type { Eye, Sight } from './eye.ts';
import type { Turn } from './frames.ts';
import { TurnedVideo } from './turned-video.tsx';

/** The running picture, with the paper outlined and the ring that fills while it lies still. */
export function CameraStage(props: {
  readonly stream: MediaStream;
  readonly turn: Turn;
  readonly eye: Eye;
}) {
  const { stream, turn, eye } = props;
  const { t } = useWords();
  const [size, setSize] = useState({ width: 4, height: 3 });
  const look = useCallback(
    (video: HTMLVideoElement) => {
      eye.open(video, turn);
      return () => eye.close();
    },
    [eye, turn],
  );
  return (
    <div className="camera-stage" role="img" aria-label={t('camera.picture')}>
      <TurnedVideo stream={stream} turn={turn} onSize={setSize} onVideo={look} />
      <Overlay eye={eye} width={size.width} height={size.height} />
    </div>
  );
}

const RING = 54;
const AROUND = 2 * Math.PI * RING;

function Overlay(props: { readonly eye: Eye; readonly width: number; readonly height: number }) {
  const { eye, width, height } = props;
  const sight = useSyncExternalStore(eye.subscribe, eye.get);
  const { phase, quad } = sight;
  // all is drawn in a frame that is 1000 wide, however large the camera's pictures are
  const tall = (1000 * height) / width;
  const points = quad?.map(({ x, y }) => `${round(x * 1000)},${round(y * tall)}`).join(' ');
  const progress = phase.is === 'holding' ? phase.progress : phase.is === 'shoot' ? 1 : 0;
  const ring = quad !== undefined && (phase.is === 'holding' || phase.is === 'shoot');
  return (
    <svg
      className={`camera-overlay camera-${lookOf(sight)}`}
      viewBox={`0 0 1000 ${round(tall)}`}
      data-phase={phase.is}
      data-looked={sight.looked}
      data-troubles={sight.troubles.join(' ')}
      aria-hidden="true"
      focusable="false"
    >
      {points === undefined ? null : <polygon className="camera-paper" points={points} />}
      {ring ? (
        <g transform={`translate(500 ${round(tall / 2)}) rotate(-90) scale(1.9)`}>
          <circle className="camera-ring-ground" r={RING} />
          <circle
            className="camera-ring"
            r={RING}
            strokeDasharray={`${round(AROUND * progress)} ${round(AROUND)}`}
          />
        </g>
      ) : null}
      {phase.is === 'taken' && quad !== undefined ? (
        <g transform={`translate(500 ${round(tall / 2)}) scale(1.9)`}>
          <circle className="camera-ring-ground" r={RING} />
          <path className="camera-check" d="M-26 2l18 18 34-38" />
        </g>
      ) : null}
    </svg>
  );
}

const round = (value: number): number => Math.round(value * 10) / 10;

function lookOf({ phase, troubles }: Sight): 'good' | 'bad' {
  return troubles.length > 0 && phase.is !== 'taken' ? 'bad' : 'good';
}
