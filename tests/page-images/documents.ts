import sharp from 'sharp';
import { ink } from '../../drivers/document-scanner/simulator/ink.ts';
import type { Chance } from './chance.ts';

/** What is drawn on a paper. */
export type DocumentKind = 'text' | 'table' | 'certificate' | 'blank';

/** A paper, flat and upright: RGB, 8 bits. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

/** A4 in millimetres: the drawing's own unit. */
const WIDTH = 210;
const HEIGHT = 297;

const PHRASES = [
  '申请人应当如实填写本表所列各项内容',
  '现住址与户籍地址不一致的',
  '请同时提交居住证明',
  '本人承诺所填内容真实有效',
  '如有虚假愿意承担相应责任',
  '经办人收到材料后当场核对原件',
  '复印件由申请人签名',
  '自受理之日起十五个工作日内办结',
  '家庭成员的收入按上一年度计算',
  '符合条件的可以申请生活补贴',
  '补贴每月十日前发放到本人账户',
  '因病住院的应当提供出院小结',
  '年满六十周岁的老年人',
  '可以委托亲属代为办理',
  '代办人须出示双方的有效证件',
  '逾期未补正的视为撤回申请',
] as const;

const NAMES = ['样某某', '例小明', '示范', '样张氏'] as const;
const VILLAGES = ['示例镇样张村', '样本乡例子村', '示范街道样板社区'] as const;

function line(x1: number, y1: number, x2: number, y2: number, width = 0.35): string {
  return `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="#333" stroke-width="${width}"/>`;
}

function paragraphs(chance: Chance, top: number, bottom: number): string {
  const size = chance.between(4.4, 5.4);
  const perLine = Math.floor(162 / size);
  const out: string[] = [];
  let y = top;
  while (y < bottom) {
    let text = '　　';
    const phrases = 2 + Math.floor(chance.next() * 5);
    for (let i = 0; i < phrases; i++) {
      text +=
        chance.pick(PHRASES) + (i === phrases - 1 ? '。' : chance.pick(['，', '，', '；', '、']));
    }
    for (let at = 0; at < text.length && y < bottom; at += perLine) {
      out.push(ink(text.slice(at, at + perLine), { x: 24, y, size }));
      y += size * 1.75;
    }
    y += size * 0.6;
  }
  return out.join('');
}

function textPage(chance: Chance): string {
  return [
    ink(chance.pick(['关于办理补贴的申请书', '情况说明', '告知承诺书']), {
      x: 105,
      y: 36,
      size: 9,
      anchor: 'middle',
      bold: true,
      spacing: 1,
    }),
    paragraphs(chance, 54, chance.between(170, 245)),
    ink(`申请人：${chance.pick(NAMES)}`, { x: 130, y: 262, size: 5 }),
    ink('2026年01月08日', { x: 130, y: 272, size: 5 }),
  ].join('');
}

function tablePage(chance: Chance): string {
  const rows = 9 + Math.floor(chance.next() * 5);
  const height = 190 / rows;
  const columns = [22, 50, 105, 133, 188] as const;
  const labels = [
    '姓　　名',
    '性　　别',
    '民　　族',
    '住　　址',
    '与户主关系',
    '文化程度',
    '职　　业',
  ];
  const out = [ink('居民家庭情况登记表', { x: 105, y: 40, size: 9, anchor: 'middle', bold: true })];
  for (let row = 0; row <= rows; row++)
    out.push(line(22, 55 + row * height, 188, 55 + row * height));
  for (const x of columns) out.push(line(x, 55, x, 245));
  for (let row = 0; row < rows; row++) {
    const y = 55 + row * height + height / 2 + 1.8;
    for (const [label, value] of [
      [columns[0], columns[1]],
      [columns[2], columns[3]],
    ] as const) {
      out.push(
        ink(labels[Math.floor(chance.next() * labels.length)] ?? '', {
          x: label + 2,
          y,
          size: 4.4,
        }),
      );
      out.push(
        ink(chance.pick([...NAMES, ...VILLAGES, '汉', '女', '务农', '初中']), {
          x: value + 2,
          y,
          size: 4.6,
          fill: '#22306b',
        }),
      );
    }
  }
  out.push(ink('填表说明：请用黑色签字笔填写，字迹清楚。', { x: 22, y: 258, size: 4.4 }));
  return out.join('');
}

function certificatePage(chance: Chance): string {
  const rows = ['姓　　名', '性　　别', '民　　族', '类　　别', '等　　级', '证　　号'];
  return [
    '<rect x="12" y="12" width="186" height="273" fill="#f3ead6" stroke="#a23a2c" stroke-width="1.6"/>',
    '<rect x="12" y="12" width="186" height="36" fill="#a23a2c"/>',
    ink('示　例　证　书', {
      x: 105,
      y: 36,
      size: 13,
      anchor: 'middle',
      bold: true,
      fill: '#f6e3a8',
    }),
    '<rect x="146" y="62" width="36" height="48" fill="#dfe7ef" stroke="#555" stroke-width="0.5"/>',
    '<circle cx="164" cy="80" r="9" fill="#8894a4"/><path d="M148 110c1-15 8-20 16-20s15 5 16 20z" fill="#5b6675"/>',
    ...rows.map(
      (label, i) =>
        ink(`${label}：`, { x: 26, y: 72 + i * 15, size: 5.4 }) +
        ink(chance.pick([...NAMES, '女', '汉', '二级']), {
          x: 58,
          y: 72 + i * 15,
          size: 5.8,
          fill: '#1b2a6b',
        }) +
        line(57, 74.5 + i * 15, 136, 74.5 + i * 15),
    ),
    ink(`住址：${chance.pick(VILLAGES)}0组`, { x: 26, y: 178, size: 5.4 }),
    ink('发证机关（盖章）', { x: 118, y: 222, size: 5 }),
    '<circle cx="152" cy="240" r="19" fill="none" stroke="#c8202f" stroke-width="1.3" opacity="0.8"/>',
    ink('样张专用', { x: 152, y: 243, size: 5, anchor: 'middle', fill: '#c8202f' }),
  ].join('');
}

const DRAWINGS: Readonly<Record<DocumentKind, (chance: Chance) => string>> = {
  text: textPage,
  table: tablePage,
  certificate: certificatePage,
  blank: () => '',
};

/** Draws a synthetic paper of nobody, `width` pixels wide. */
export async function drawDocument(
  kind: DocumentKind,
  chance: Chance,
  width: number,
): Promise<Drawn> {
  const height = Math.round((width * HEIGHT) / WIDTH);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none"><rect width="${WIDTH}" height="${HEIGHT}" fill="#fbfaf6"/>${DRAWINGS[kind](chance)}</svg>`;
  const { data, info } = await sharp(Buffer.from(svg), { limitInputPixels: 64_000_000 })
    .flatten({ background: '#fff' })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: new Uint8Array(data) };
}
