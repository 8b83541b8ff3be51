import { captureCodes, type CaptureCode } from '../../main/contract/camera.ts';

/** What became of a picture; `lost`: nobody knows, the core did not answer. */
export type Posted = CaptureCode | 'lost';

const DEADLINE_MS = 25_000;

/** Hands a picture to the core as a page of a material, or in place of one of its pages. Never rejects. */
export async function postPicture(
  materialId: string,
  picture: Blob,
  replaces?: string,
): Promise<Posted> {
  try {
    const again = replaces === undefined ? '' : `?replaces=${encodeURIComponent(replaces)}`;
    const answer = await fetch(`/capture/${encodeURIComponent(materialId)}${again}`, {
      method: 'POST',
      headers: { 'content-type': 'image/jpeg' },
      body: picture,
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const { code } = (await answer.json()) as { readonly code?: unknown };
    return captureCodes.find((known) => known === code) ?? 'lost';
  } catch {
    return 'lost';
  }
}
