import type { CameraFinding, CameraSettings } from '../../main/contract/camera.ts';
import { chooseCamera, isNamed } from './choose-camera.ts';

/** Why there is no picture. */
export type CameraTrouble = Exclude<CameraFinding, 'found' | 'hidden'>;

/** A camera that gives pictures. */
export interface OpenCamera {
  readonly stream: MediaStream;
  readonly track: MediaStreamTrack;
}

/** There is no picture, and why. */
export class CameraAway extends Error {
  override readonly name = 'CameraAway';
  readonly why: CameraTrouble;

  constructor(why: CameraTrouble) {
    super(why);
    this.why = why;
  }
}

/** Letters of 3 mm on A4 need so many pixels across; cameras for papers have them. */
const GOOD = { width: 2592, height: 1944 } as const;

function troubleOf(error: unknown): CameraTrouble {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'refused';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing';
    default:
      return 'unreadable';
  }
}

/** The smallest picture that is good, else the largest there is below it. Never sound. */
async function streamOf(media: MediaDevices, deviceId: string | undefined): Promise<MediaStream> {
  const which = deviceId === undefined ? {} : { deviceId: { exact: deviceId } };
  const { width, height } = GOOD;
  const ask = (size: MediaTrackConstraints): Promise<MediaStream> =>
    media.getUserMedia({ audio: false, video: { ...which, ...size } });
  try {
    return await ask({
      width: { min: width, ideal: width },
      height: { min: height, ideal: height },
    });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'OverconstrainedError') throw error;
    return ask({ width: { ideal: width }, height: { ideal: height } });
  }
}

const letGo = (stream: MediaStream): void => {
  for (const track of stream.getTracks()) track.stop();
};

/**
 * Switches the camera of the configuration on.
 * @throws CameraAway when there is no picture; nothing is left switched on then
 */
export async function openCamera(
  media: MediaDevices | undefined,
  settings: CameraSettings,
): Promise<OpenCamera> {
  if (media === undefined) throw new CameraAway('refused');
  try {
    const { label } = settings;
    const choice = chooseCamera(await media.enumerateDevices(), label);
    if (choice.is === 'missing') throw new CameraAway('missing');
    let stream = await streamOf(media, choice.is === 'found' ? choice.deviceId : undefined);
    if (choice.is === 'hidden' && !isNamed(stream.getVideoTracks()[0]?.label ?? '', label)) {
      // names are told while a camera is on: now the right one can be chosen
      const seen = chooseCamera(await media.enumerateDevices(), label);
      letGo(stream);
      if (seen.is !== 'found') throw new CameraAway('missing');
      stream = await streamOf(media, seen.deviceId);
    }
    const track = stream.getVideoTracks()[0];
    if (track === undefined) throw new CameraAway('unreadable');
    if ((track.getSettings().width ?? 0) < settings.minWidth) {
      letGo(stream);
      throw new CameraAway('tooCoarse');
    }
    return { stream, track };
  } catch (error) {
    throw error instanceof CameraAway ? error : new CameraAway(troubleOf(error));
  }
}
