import type { CameraFinding, CameraReport, CameraSettings } from '../../main/contract/camera.ts';
import { inBackground } from '../in-background.ts';
import { chooseCamera, type NamedCamera } from './choose-camera.ts';

/** Says to the core whether the camera is there. It never switches it on. */
export interface CameraWatch {
  /** The line to the core is new: looks, and says it again. */
  look(): void;
  /** Another camera is meant to be there: what was tried counts no more. */
  setUp(): void;
  /** A screen switched the camera on, or could not; that counts until something is plugged in or out. */
  tried(finding: CameraFinding): void;
  stop(): void;
}

/** What the watch lives on. */
export interface CameraWatchParts {
  readonly settings: () => CameraSettings | null;
  /** Says it to the core; rejects when there is no line, and is asked again with the next one. */
  readonly tell: (report: CameraReport) => Promise<unknown>;
  readonly media:
    Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'> | undefined;
}

const MOST_NAMES = 6;

function namesOf(devices: readonly NamedCamera[]): string[] {
  const names = devices
    .filter(({ kind, label }) => kind === 'videoinput' && label !== '')
    .map(({ label }) => label.slice(0, 80));
  return [...new Set(names)].slice(0, MOST_NAMES);
}

/** Begins to watch; nothing is said before the first `look`. */
export function createCameraWatch({ settings, tell, media }: CameraWatchParts): CameraWatch {
  let tried: CameraFinding | undefined;
  let last = '';

  const say = async (anew: boolean): Promise<void> => {
    const wanted = settings();
    if (wanted === null) return;
    const devices = (await media?.enumerateDevices().catch(() => [])) ?? [];
    const choice = media === undefined ? 'refused' : chooseCamera(devices, wanted.label).is;
    const report: CameraReport = { finding: tried ?? choice, seen: namesOf(devices) };
    const text = JSON.stringify(report);
    if (!anew && text === last) return;
    last = text;
    try {
      await tell(report);
    } catch {
      // said again with the next line
      last = '';
    }
  };
  const changed = (): void => {
    tried = undefined;
    inBackground(say(false));
  };
  media?.addEventListener('devicechange', changed);
  return {
    look: () => inBackground(say(true)),
    setUp: () => {
      tried = undefined;
      inBackground(say(true));
    },
    tried: (finding) => {
      tried = finding;
      inBackground(say(false));
    },
    stop: () => media?.removeEventListener('devicechange', changed),
  };
}
