import sharp from 'sharp';
import type { SimulatedPaper } from '../../simulator-host/simulator.ts';
import { ink } from './ink.ts';

/** Every drawn paper, in the order in which "one of each" goes. */
export const PAPERS: readonly SimulatedPaper[] = [
  'householdRegister',
  'disabilityCertificate',
  'bankCard',
];

/** A paper, its page number and how it is scanned. */
export interface DrawnPage {
  readonly paper: SimulatedPaper;
  readonly page: number;
}

/** How a page is scanned. */
export interface Exposure {
  readonly dpi: number;
  readonly colour: 'colour' | 'grey';
}

/** A4 in millimetres: the drawing's own unit. */
const WIDTH = 210;
const HEIGHT = 297;

function line(x1: number, y1: number, x2: number, y2: number): string {
  return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#555" stroke-width="0.35"/>`;
}

function frame(x: number, y: number, width: number, height: number, radius = 0): string {
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="none" stroke="#444" stroke-width="0.5"/>`;
}

/** A table of label and value, two pairs a row. */
function table(top: number, rows: readonly (readonly [string, string, string, string])[]): string {
  const rowHeight = 15;
  const columns = [25, 55, 105, 135, 185];
  const bottom = top + rows.length * rowHeight;
  const rules = [
    ...columns.map((x) => line(x, top, x, bottom)),
    ...Array.from({ length: rows.length + 1 }, (_, i) =>
      line(25, top + i * rowHeight, 185, top + i * rowHeight),
    ),
  ];
  const cells = rows.flatMap((row, i) =>
    row.map((text, column) =>
      ink(text, {
        x: (columns[column] ?? 0) + 2,
        y: top + i * rowHeight + 9.5,
        size: column % 2 === 0 ? 4.2 : 4.6,
        fill: column % 2 === 0 ? '#555' : '#1b2a6b',
      }),
    ),
  );
  return [...rules, ...cells].join('');
}

function stamp(x: number, y: number, text: string): string {
  return `<g opacity="0.75"><circle cx="${x}" cy="${y}" r="17" fill="none" stroke="#c8202f" stroke-width="1.1"/>
<path transform="translate(${x} ${y - 2}) scale(5)" fill="#c8202f" d="M0 -1L.22 -.31L.95 -.31L.36 .12L.59 .81L0 .38L-.59 .81L-.36 .12L-.95 -.31L-.22 -.31Z"/>
${ink(text, { x, y: y + 11.5, size: 4.4, anchor: 'middle', fill: '#c8202f' })}</g>`;
}

const DRAWINGS: Readonly<Record<SimulatedPaper, () => string>> = {
  householdRegister: () =>
    [
      ink('常住人口登记卡', { x: 105, y: 45, size: 10, anchor: 'middle', bold: true, spacing: 2 }),
      table(60, [
        ['姓　　名', '样某某', '与户主关系', '户主'],
        ['曾 用 名', '', '性　　别', '女'],
        ['出 生 地', '样张市示例镇', '民　　族', '汉'],
        ['籍　　贯', '样张市', '出生日期', '0000年00月00日'],
        ['住　　址', '示例镇样张村0组', '文化程度', '小学'],
        ['证件编号', '000000000000000000', '婚姻状况', '丧偶'],
        ['服务处所', '', '职　　业', '务农'],
      ]),
      ink('承办人签章：', { x: 30, y: 190, size: 4.6 }),
      ink('登记日期：0000年00月00日', { x: 115, y: 190, size: 4.6 }),
      stamp(150, 215, '样张专用'),
    ].join(''),
  disabilityCertificate: () =>
    [
      ink('残疾人证', { x: 105, y: 45, size: 12, anchor: 'middle', bold: true, spacing: 4 }),
      frame(145, 58, 33, 45),
      '<circle cx="161.500" cy="74" r="8" fill="#b9c2cf"/><path d="M147 102c1-13 7-18 14.500-18s13.500 5 14.500 18z" fill="#b9c2cf"/>',
      ...[
        ['姓　　名', '样某某'],
        ['性　　别', '男'],
        ['民　　族', '汉'],
        ['残疾类别', '肢体'],
        ['残疾等级', '二级'],
        ['证　　号', '00000000000000000042'],
      ].map(
        ([label, value], i) =>
          ink(`${label ?? ''}：`, { x: 28, y: 68 + i * 13, size: 5, fill: '#555' }) +
          ink(value ?? '', { x: 56, y: 68 + i * 13, size: 5.4, fill: '#1b2a6b' }) +
          line(55, 70 + i * 13, 136, 70 + i * 13),
      ),
      table(155, [
        ['住　　址', '示例镇样张村0组', '监 护 人', '样某'],
        ['签发日期', '0000年00月00日', '有效期限', '十年'],
      ]),
      ink('批准残联（盖章）', { x: 110, y: 200, size: 4.6 }),
      stamp(150, 222, '样张专用'),
    ].join(''),
  bankCard: () =>
    [
      ink('社会保障卡／银行卡复印件', { x: 105, y: 45, size: 8, anchor: 'middle', bold: true }),
      '<rect x="62" y="70" width="86" height="54" rx="4" fill="#d9e6f2" stroke="#35527a" stroke-width="0.6"/>',
      ink('示例农村商业银行', { x: 68, y: 81, size: 5, fill: '#35527a', bold: true }),
      '<rect x="69" y="88" width="12" height="9" rx="1.500" fill="#e3c565" stroke="#8a6d1d" stroke-width="0.4"/><path d="M69 92.500h12M75 88v9" stroke="#8a6d1d" stroke-width="0.4"/>',
      ink('0000 0000 0000 0000', { x: 68, y: 110, size: 6.6, fill: '#24364f', spacing: 0.4 }),
      ink('样某某　YANG MOUMOU　00/00', { x: 68, y: 119, size: 4, fill: '#24364f' }),
      ink('本复印件仅供示例镇便民服务大厅办理事项使用', {
        x: 105,
        y: 150,
        size: 4.8,
        anchor: 'middle',
      }),
      ink('与原件核对一致　签名：________________', {
        x: 105,
        y: 165,
        size: 4.8,
        anchor: 'middle',
      }),
    ].join(''),
};

/** The whole sheet, as it lies in the scanner: a little askew, a little grey at the edge. */
function sheet({ paper, page }: DrawnPage, { dpi }: Exposure): string {
  const px = (mm: number) => Math.round((mm / 25.4) * dpi);
  const tilt = [0.35, -0.25, 0.15, -0.4][page % 4] ?? 0;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${px(WIDTH)}" height="${px(HEIGHT)}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">
<defs><linearGradient id="edge"><stop offset="0" stop-color="#d8d6d0"/><stop offset="0.02" stop-color="#fbfaf6"/><stop offset="1" stop-color="#f7f5ef"/></linearGradient></defs>
<rect width="${WIDTH}" height="${HEIGHT}" fill="url(#edge)"/>
<g transform="rotate(${tilt} 105 148)">
<g transform="rotate(-32 105 160)" opacity="0.16">${ink('样张 SPECIMEN', { x: 105, y: 168, size: 27, anchor: 'middle', fill: '#c8202f', bold: true })}</g>
${DRAWINGS[paper]()}
${frame(15, 20, 180, 250, 2)}
${ink('样张 SPECIMEN · 仅用于演示，无任何效力', { x: 105, y: 262, size: 5, anchor: 'middle', fill: '#c8202f' })}
${ink(`第 ${page} 页 · Page ${page}`, { x: 105, y: 282, size: 6, anchor: 'middle' })}
</g></svg>`;
}

async function expose(svg: string, { dpi, colour }: Exposure): Promise<Uint8Array> {
  const picture = sharp(Buffer.from(svg), { limitInputPixels: 64_000_000 })
    .flatten({ background: '#fff' })
    .withMetadata({ density: dpi });
  const inColour = colour === 'grey' ? picture.toColourspace('b-w') : picture;
  return new Uint8Array(await inColour.jpeg({ quality: 82 }).toBuffer());
}

/** An empty glass: a blank sheet. */
const BLANK_SVG = (exposure: Exposure) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.round((WIDTH / 25.4) * exposure.dpi)}" height="${Math.round((HEIGHT / 25.4) * exposure.dpi)}"><rect width="100%" height="100%" fill="#fdfdfb"/></svg>`;

/** Draws scans and keeps what it drew, for drawing takes longer than a real scanner's light bar. */
export class PaperStudio {
  readonly #drawn = new Map<string, Promise<Uint8Array>>();

  /** A scan of one page as JPEG, or of the empty glass. */
  scan(page: DrawnPage | undefined, exposure: Exposure): Promise<Uint8Array> {
    const key = JSON.stringify([page, exposure]);
    const known = this.#drawn.get(key);
    if (known) return known;
    // A page at 300 dpi has about 1 MB: keep a few, forget the oldest.
    const oldest = this.#drawn.keys().next().value;
    if (this.#drawn.size >= 32 && oldest !== undefined) this.#drawn.delete(oldest);
    const drawing = expose(page ? sheet(page, exposure) : BLANK_SVG(exposure), exposure);
    this.#drawn.set(key, drawing);
    return drawing;
  }
}
