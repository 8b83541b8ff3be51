/** A camera as the browser names it. */
export type NamedCamera = Pick<MediaDeviceInfo, 'kind' | 'deviceId' | 'label'>;

/** `missing`: there is none of that name. `hidden`: the browser tells no names before one was opened. */
export type CameraChoice =
  { readonly is: 'found'; readonly deviceId: string } | { readonly is: 'missing' | 'hidden' };

/** Whether a camera's name is the one that is looked for. */
export function isNamed(label: string, pattern: string): boolean {
  return pattern === '' || new RegExp(pattern, 'i').test(label);
}

/** The first camera whose name fits; an empty pattern fits whichever there is. */
export function chooseCamera(devices: readonly NamedCamera[], pattern: string): CameraChoice {
  const cameras = devices.filter(({ kind }) => kind === 'videoinput');
  if (cameras.length === 0) return { is: 'missing' };
  if (cameras.every(({ label }) => label === '')) return { is: 'hidden' };
  const found = cameras.find(({ label }) => isNamed(label, pattern));
  return found === undefined ? { is: 'missing' } : { is: 'found', deviceId: found.deviceId };
}
