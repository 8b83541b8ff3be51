import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import sharp from 'sharp';
import { PaperStudio } from '../../drivers/document-scanner/simulator/papers.ts';

/** Chromium plays so many pictures of a film in a second, over and over again. */
const PICTURES_PER_SECOND = 30;

/**
 * Writes a film for Chromium's fake camera (MJPEG: pictures one after the other).
 *
 * @param pictures JPEG with 4:2:0 colours, all of one size, each with the seconds it is shown
 */
export async function writePictures(
  file: string,
  pictures: readonly (readonly [jpeg: Uint8Array, seconds: number])[],
): Promise<void> {
  const parts = pictures.flatMap(([jpeg, seconds]) =>
    Array.from({ length: Math.round(seconds * PICTURES_PER_SECOND) }, () => jpeg),
  );
  await writeFile(file, Buffer.concat(parts));
}

/** What Chromium must be started with, to see the film instead of a camera; it names the camera by the file. */
export const filmArguments = (file: string): string[] => [
  '--use-fake-device-for-media-stream',
  `--use-file-for-fake-video-capture=${file}`,
];

/** The same, and nobody is asked whether the page may look: the film is nobody's picture. */
export const demoCameraArguments = (file: string): string[] => [
  ...filmArguments(file),
  '--use-fake-ui-for-media-stream',
];

/** Whether this machine has a camera of its own, as far as can be told. */
export function hasCamera(): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/dev').some((name) => /^video\d+$/.test(name));
}

const SIZE = { width: 1280, height: 960 } as const;
const MAT = '#4a4f57';
const TURN = -6;

/** The film of demonstrations: an empty mat, and then a specimen that lies on it askew. Nobody's paper. */
export async function drawCameraFilm(file: string): Promise<void> {
  const scan = await new PaperStudio().scan(
    { paper: 'householdRegister', page: 1 },
    { dpi: 150, colour: 'colour' },
  );
  const paper = await sharp(scan)
    .resize({ height: 800 })
    .ensureAlpha()
    .rotate(TURN, { background: { r: 0, g: 0, b: 0, alpha: 0 } })
    .png()
    .toBuffer();
  const mat = sharp({ create: { ...SIZE, channels: 3, background: MAT } });
  const jpeg = { quality: 85, chromaSubsampling: '4:2:0' } as const;
  const empty = await mat.clone().jpeg(jpeg).toBuffer();
  const laid = await mat
    .composite([{ input: paper }])
    .jpeg(jpeg)
    .toBuffer();
  await writePictures(file, [
    [empty, 1.5],
    [laid, 7],
  ]);
}
