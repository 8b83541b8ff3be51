import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { cameraPicture, type CameraScene } from '../../tests/support/camera-film.ts';
import type { LuminanceImage, Point } from '../../domain/page-image/luminance.ts';
import { AUTO_SHOT, see, START, type Sighting } from './auto-shot.ts';
import { lookAt, luminanceOf } from './look.ts';

async function greyOf(picture: Buffer, width: number): Promise<LuminanceImage> {
  const { data, info } = await sharp(picture)
    .resize({ width })
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { height } = info;
  return luminanceOf({ width, height, data: new Uint8ClampedArray(data) });
}

/** As the screen looks: a small frame, and parts of a larger one. */
async function looked(scene: CameraScene, at = 0): Promise<Sighting> {
  const picture = await cameraPicture(scene);
  const large = await greyOf(picture, 1200);
  const side = 320;
  const detail = ({ x, y }: Point): LuminanceImage => {
    const left = Math.round(Math.max(0, Math.min(large.width - side, x * large.width - side / 2)));
    const top = Math.round(Math.max(0, Math.min(large.height - side, y * large.height - side / 2)));
    const data = new Uint8Array(side * side);
    for (let row = 0; row < side; row += 1) {
      const from = (top + row) * large.width + left;
      data.set(large.data.subarray(from, from + side), row * side);
    }
    return { width: side, height: side, data };
  };
  return lookAt(await greyOf(picture, 320), at, detail);
}

describe('what is seen under the camera', () => {
  it('is nothing on an empty desk, and a paper where one lies', async () => {
    expect(await looked({ paper: 'none' })).toEqual({ at: 0, troubles: [], shades: [] });
    const { quad, troubles } = await looked({ paper: 'letter' });
    expect(troubles).toEqual([]);
    // drawn 4° askew around its middle
    const drawn = [
      [0.285, 0.042],
      [0.747, 0.085],
      [0.703, 0.956],
      [0.241, 0.913],
    ];
    quad?.forEach((corner, i) => {
      expect(corner.x).toBeCloseTo(drawn[i]?.[0] ?? 0, 1);
      expect(corner.y).toBeCloseTo(drawn[i]?.[1] ?? 0, 1);
    });
    expect(quad).toHaveLength(4);
  });

  it.each<readonly [CameraScene, readonly string[]]>([
    [{ paper: 'form' }, []],
    [{ paper: 'letter', light: 'dusk' }, ['dark']],
    [{ paper: 'none', light: 'dusk' }, ['dark']],
    [{ paper: 'letter', lamp: true }, ['glare']],
    [{ paper: 'letter', blur: 5 }, ['blur']],
    [{ paper: 'form', blur: 6 }, ['blur']],
    [{ paper: 'letter', push: 420 }, ['cut']],
  ])('%o is troubled by %o', async (scene, troubles) => {
    expect((await looked(scene)).troubles).toEqual(troubles);
  });

  it('tells the same paper from another one, wherever it is pushed', async () => {
    const scenes: readonly (readonly [CameraScene, string])[] = [
      [{ paper: 'letter' }, 'holding'],
      [{ paper: 'letter' }, 'shoot'],
      [{ paper: 'letter', push: 40 }, 'taken'],
      [{ paper: 'letter', push: 80 }, 'taken'],
      [{ paper: 'form', push: 80 }, 'taken'],
      [{ paper: 'form', push: 80 }, 'holding'],
      [{ paper: 'form', push: 80 }, 'shoot'],
    ];
    let state = START;
    for (const [i, [scene, phase]] of scenes.entries()) {
      state = see(state, await looked(scene, i * 1_100), { ...AUTO_SHOT, leastLooks: 2 });
      expect([i, state.phase.is]).toEqual([i, phase]);
    }
  });
});
