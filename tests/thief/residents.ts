import { idNumberCheckDigit } from '../../domain/identity/id-number.ts';
import { demoCatalogue } from '../../kiosk-config/index.ts';
import { chanceOf, type Chance } from '../simulation/chance.ts';

/** A resident as a list of the town has one. Synthetic: no place has the area code 500199. */
export interface Resident {
  readonly name: string;
  readonly idNumber: string;
  /** YYYYMMDD */
  readonly birthDate: string;
  readonly sex: '1' | '2';
  readonly mobile: string;
  /** 9-digit code of the town. */
  readonly divisionCode: string;
  /** What stands behind the town's name. */
  readonly detail: string;
  /** As on the card. */
  readonly address: string;
}

const SURNAMES = [
  ...Array.from(
    '王李张刘陈杨黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛',
  ),
  ...Array.from(
    '叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段钱汤尹黎易常武乔',
  ),
  ...['欧阳', '司马', '上官', '诸葛', '夏侯', '龚', '䶮', '𬱖'],
] as const;
const GIVEN = [
  ...Array.from(
    '伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志春梅凤林云福生文斌辉波成龙海山仁义',
  ),
  ...Array.from(
    '兴良才学祥荣新安宁浩亮政谦亨奇固之轮翰朗伯宏言若鸣朋斌栋维启克伦翔旭鹏泽晨辰士以建家致树炎德行',
  ),
  ...Array.from(
    '佳琪雪晶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希欣',
  ),
] as const;
const STREETS = [
  ...[
    '龙门街',
    '中兴路',
    '学府大道',
    '民主路',
    '白龙大道',
    '解放北路',
    '石锅街',
    '营盘路',
    '藕塘湾',
  ],
  ...['金龙大道中段', '东门口', '滨河东路', '明月广场南路', '迎宾路', '铜合路', '安居古镇大南街'],
] as const;
const VILLAGES = [
  ...[
    '会龙村',
    '石桥村',
    '双碾村',
    '红岩村',
    '新房子村',
    '响滩村',
    '高坪村',
    '大庙村',
    '白杨村',
    '永清村',
  ],
  ...['中华寺村', '黄桷门村', '莲花塘村', '二郎坪村', '水龙村', '铁山村'],
] as const;
const DISTRICT = '重庆市铜梁区';
/** Everybody may hand in every service: who came says nothing that a list and a catalogue did not. */
const BORN = [1967, 2006] as const;

function nameOf(chance: Chance): string {
  if (chance.often(0.004)) {
    const part = (): string => `${chance.pick(GIVEN)}${chance.pick(GIVEN)}${chance.pick(GIVEN)}`;
    return `${part()}·${part()}`;
  }
  const second = chance.often(0.8) ? chance.pick(GIVEN) : '';
  return `${chance.pick(SURNAMES)}${chance.pick(GIVEN)}${second}`;
}

function detailOf(chance: Chance): string {
  if (chance.often(0.45)) {
    const house = chance.often(0.7) ? `${String(chance.between(1, 180))}号` : '';
    return `${chance.pick(VILLAGES)}${String(chance.between(1, 14))}组${house}`;
  }
  const street = `${chance.pick(STREETS)}${String(chance.between(1, 320))}号`;
  if (chance.often(0.2)) return street;
  const house = chance.often(0.3) ? `附${String(chance.between(1, 9))}号` : '';
  const building = chance.often(0.6) ? `${String(chance.between(1, 30))}幢` : '';
  const stairs = chance.often(0.5) ? `${String(chance.between(1, 4))}单元` : '';
  return `${street}${house}${building}${stairs}${String(chance.between(1, 33))}-${String(chance.between(1, 8))}`;
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** The list of a town: as many residents, all different, the same for the same seed. */
export function residentsOf(seed: string, count = 10_000): readonly Resident[] {
  const chance = chanceOf(`${seed}/residents`);
  const form = demoCatalogue().services[0]?.form.properties['address'];
  const towns = (form?.['x-options'] ?? []).filter(({ value }) => /^\d{9}$/.test(value));
  const taken = new Set<string>();
  const fresh = (make: () => string): string => {
    for (;;) {
      const value = make();
      if (taken.has(value)) continue;
      taken.add(value);
      return value;
    }
  };
  return Array.from({ length: count }, (): Resident => {
    const sex = chance.pick(['1', '2'] as const);
    const year = String(chance.between(...BORN));
    const birthDate = `${year}${twoDigits(chance.between(1, 12))}${twoDigits(chance.between(1, 28))}`;
    const idNumber = fresh(() => {
      const sequence = String(chance.between(0, 499) * 2 + (sex === '1' ? 1 : 0)).padStart(3, '0');
      const digits = `500199${birthDate}${sequence}`;
      return `${digits}${idNumberCheckDigit(digits) ?? ''}`;
    });
    const town = chance.pick(towns);
    const detail = detailOf(chance);
    return {
      name: nameOf(chance),
      idNumber,
      birthDate,
      sex,
      mobile: fresh(() => `138000${String(chance.between(0, 99_999)).padStart(5, '0')}`),
      divisionCode: town.value,
      detail,
      address: `${DISTRICT}${town.label.zh}${detail}`,
    };
  });
}
