import { useEffect, useRef, useState } from 'react';
import { turnedSize, type Turn } from './frames.ts';

/** A size in the camera's own points. */
interface Size {
  readonly width: number;
  readonly height: number;
}

/** The running picture of a camera, turned so that it stands upright, as large as there is room. */
export function TurnedVideo(props: {
  readonly stream: MediaStream;
  readonly turn: Turn;
  readonly label?: string;
  /** The size of its pictures as they stand. */
  readonly onSize: (size: Size) => void;
  /** Called with the video when there is one; what it answers is called when it goes. */
  readonly onVideo?: (video: HTMLVideoElement) => () => void;
}) {
  const { stream, turn, label, onSize, onVideo } = props;
  const video = useRef<HTMLVideoElement>(null);
  const [size, setSize] = useState<Size>({ width: 4, height: 3 });
  useEffect(() => {
    const at = video.current;
    if (at === null) return undefined;
    at.srcObject = stream;
    const end = onVideo?.(at);
    return () => {
      end?.();
      at.srcObject = null;
    };
  }, [stream, onVideo]);
  return (
    <div
      className={`turned turned-${String(turn)}`}
      style={{ aspectRatio: `${String(size.width)} / ${String(size.height)}` }}
    >
      <video
        ref={video}
        aria-label={label}
        autoPlay
        muted
        playsInline
        disablePictureInPicture
        onResize={({ currentTarget: { videoWidth: width, videoHeight: height } }) => {
          if (width === 0) return;
          const standing = turnedSize({ width, height }, turn);
          setSize(standing);
          onSize(standing);
        }}
      />
    </div>
  );
}
