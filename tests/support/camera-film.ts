import sharp from 'sharp';
import type { Point } from '../../domain/page-image/luminance.ts';
import { writePictures } from '../../scripts/launch/camera-film.ts';

/** What lies under the camera of a film. */
export interface CameraScene {
  /** `none`: an empty desk. `letter`, `form`: two papers with different words on them. */
  readonly paper: 'none' | 'letter' | 'form';
  /** Pushed to the right by so many pixels. */
  readonly push?: number;
  readonly light?: 'day' | 'dusk';
  /** A lamp shines on the paper. */
  readonly lamp?: boolean;
  /** Blurred by so many pixels. */
  readonly blur?: number;
  /** Smeared along its way by so many pixels, as a paper that is moved. */
  readonly smear?: number;
  /** How far it is turned, in degrees; 4 unless told. */
  readonly turn?: number;
}

/** Where a paper lies in the film's pictures before it is turned around its middle. */
const PAPER = { x: 340, y: 60, width: 600, height: 848 } as const;
const TURN = 4;

/** Size of the film's pictures. */
export const FILM = { width: 1296, height: 972 } as const;

/** Rows of a paper as grey bars: words enough for a camera. */
function words(kind: 'letter' | 'form'): string {
  const rows: string[] = [];
  for (let row = 0; row < 30; row += 1) {
    const y = 120 + row * 22;
    if (kind === 'letter') {
      for (let x = 60; x < (row % 6 === 5 ? 300 : 520); x += 19) {
        rows.push(`<rect x="${x}" y="${y}" width="13" height="12"/>`);
      }
    } else if (row % 3 === 0) {
      rows.push(`<rect x="60" y="${y}" width="480" height="3"/>`);
      for (let x = 70; x < 200; x += 19) {
        rows.push(`<rect x="${x}" y="${y + 18}" width="13" height="14"/>`);
      }
    }
  }
  return rows.join('');
}

/** Corners of the paper in a film's picture, as shares of its sides: top left first, then clockwise. */
export function paperCorners({ push = 0, turn = TURN }: CameraScene): readonly Point[] {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180), Math.sin((turn * Math.PI) / 180)];
  const [halfWidth, halfHeight] = [PAPER.width / 2, PAPER.height / 2];
  return [
    [-halfWidth, -halfHeight] as const,
    [halfWidth, -halfHeight] as const,
    [halfWidth, halfHeight] as const,
    [-halfWidth, halfHeight] as const,
  ].map(([x, y]) => ({
    x: (PAPER.x + push + halfWidth + x * cos - y * sin) / FILM.width,
    y: (PAPER.y + halfHeight + x * sin + y * cos) / FILM.height,
  }));
}

function paperSvg(scene: CameraScene): string {
  const { paper, push = 0, lamp = false, smear = 0, turn = TURN } = scene;
  if (paper === 'none') return '';
  const shine = lamp ? '<ellipse cx="300" cy="420" rx="120" ry="150" fill="url(#shine)"/>' : '';
  const tone = lamp ? '#c9c6bd' : '#f4f1e8';
  const { x, y, width, height } = PAPER;
  return `<g filter="${smear === 0 ? 'none' : 'url(#smear)'}"><g transform="translate(${x + push} ${y}) rotate(${turn} ${width / 2} ${height / 2})">
    <rect width="${width}" height="${height}" fill="${tone}"/>
    <rect x="190" y="50" width="220" height="34" fill="#20303a"/>
    <g fill="#303a42">${words(paper)}</g>
    <circle cx="460" cy="760" r="48" fill="none" stroke="#a8321d" stroke-width="7"/>${shine}</g></g>`;
}

/** One picture of the film as JPEG. */
export async function cameraPicture(scene: CameraScene): Promise<Buffer> {
  const { width, height } = FILM;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <defs><radialGradient id="shine"><stop offset="0.72" stop-color="#fff"/>
      <stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>
      <filter id="smear" filterUnits="userSpaceOnUse" x="0" y="0" width="${width}" height="${height}">
      <feGaussianBlur stdDeviation="${scene.smear ?? 0} 0"/></filter></defs>
    <rect width="${width}" height="${height}" fill="#5b4a3c"/>
    <path d="M0 300h1296M0 640h1296" stroke="#544336" stroke-width="5"/>${paperSvg(scene)}</svg>`;
  let picture = sharp(Buffer.from(svg));
  if (scene.blur !== undefined) picture = picture.blur(scene.blur);
  if (scene.light === 'dusk') picture = picture.linear(0.16, 4);
  return picture.jpeg({ quality: 88, chromaSubsampling: '4:2:0' }).toBuffer();
}

/**
 * Makes a film for Chromium's fake camera: 30 pictures a second, over and over again.
 *
 * @param scenes each with the seconds it is shown
 */
export async function writeFilm(
  file: string,
  scenes: readonly (readonly [scene: CameraScene, seconds: number])[],
): Promise<void> {
  const pictures: (readonly [Buffer, number])[] = [];
  const drawn = new Map<string, Buffer>();
  for (const [scene, seconds] of scenes) {
    const key = JSON.stringify(scene);
    const picture = drawn.get(key) ?? (await cameraPicture(scene));
    drawn.set(key, picture);
    pictures.push([picture, seconds]);
  }
  await writePictures(file, pictures);
}
