import type { Page } from 'playwright-core';

/**
 * Keeps hold of what the page is given to look through, so that a test can see whether it was let go. The page
 * must be loaded after this.
 *
 * @returns asks how each of them stands, in the order in which they were given: `video live`, `video ended`
 */
export async function watchTracks(
  page: Pick<Page, 'addInitScript' | 'evaluate'>,
): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    Object.assign(window, { tracks });
    const media = navigator.mediaDevices;
    const given = media.getUserMedia.bind(media);
    media.getUserMedia = async (wish) => {
      const stream = await given(wish);
      tracks.push(...stream.getTracks());
      return stream;
    };
  });
  return () =>
    page.evaluate(() => {
      const { tracks } = window as unknown as { readonly tracks: readonly MediaStreamTrack[] };
      return tracks.map(({ kind, readyState }) => `${kind} ${readyState}`);
    });
}
