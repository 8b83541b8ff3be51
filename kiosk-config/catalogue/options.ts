import { NATION_CODES, nationName } from '../../domain/identity/nation.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { TOWNS } from './regions.ts';

/** A choice of a list. */
export interface Option {
  readonly value: string;
  readonly label: LocalizedText;
}

/** `value 中文 English words`, one a line. */
function options(table: string): readonly Option[] {
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [value = '', zh = '', ...en] = line.trim().split(' ');
      return { value, label: { zh, en: en.join(' ') } };
    });
}

/** GB/T 2261.1, the two that cards of residents have. */
export const SEX = options(`
  1 男 Male
  2 女 Female
`);

/** GB/T 3304; the name as the card has it, and 族 where the word asks for it. */
export const NATION: readonly Option[] = NATION_CODES.map((value) => {
  const { zh, en } = nationName(value);
  return { value, label: { zh: Number(value) <= 56 ? `${zh}族` : zh, en } };
});

/** Where somebody lives: a subdistrict or town of the district, or elsewhere, written out in the detail. */
export const DIVISION: readonly Option[] = [
  ...TOWNS.map(({ code, name }) => ({ value: code, label: name })),
  { value: 'other', label: { zh: '其他地方', en: 'Somewhere else' } },
];

export const RELATION = options(`
  self 本人 The applicant
  spouse 配偶 Husband or wife
  child 子女 Son or daughter
  parent 父母 Father or mother
  sibling 兄弟姐妹 Brother or sister
  grandchild 孙子女、外孙子女 Grandchild
  guardian 监护人 Guardian
  village 村（社区）工作人员 Village or community worker
  other 其他 Other
`);

export const EDUCATION = options(`
  10 研究生 Postgraduate degree
  20 大学本科 University degree
  30 大学专科 Junior college diploma
  40 中专、技校 Vocational school
  60 高中 Senior middle school
  70 初中 Junior middle school
  80 小学及以下 Primary school or less
`);

export const REGISTRATION_PLACE = options(`
  hukou 户籍地 Where my household is registered
  resident 常住地 Where I live
  work 就业地 Where I worked
  si 参保地 Where my social insurance was paid
`);

export const UNEMPLOYMENT_REASON = options(`
  contractEnd 劳动合同期满 My contract ended
  dismissed 被用人单位解除 My employer dismissed me
  resigned 本人辞职 I resigned
  closed 单位破产关闭 My employer closed down
  newLabor 新成长劳动力 I have not worked before
  selfEnd 停止个体经营或灵活就业 I stopped my own business or flexible work
  landless 承包地被征用 My contracted land was taken over
  veteran 退役 I left the armed forces
  other 其他 Other
`);

export const PENSION_GROUP = options(`
  dibao 最低生活保障对象 Receives the minimum living allowance
  tekun 特困人员 Receives support for people in extreme hardship
  disabled 重度残疾人 Has a severe disability
  poverty 返贫致贫人口 Fell into, or back into, poverty
`);

/** Demo values: the real steps are the platform's. */
export const PENSION_TIER: readonly Option[] = [200, 500, 1000, 2000, 3000, 4000].map((yuan) => ({
  value: String(yuan),
  label: { zh: `每年${yuan}元`, en: `${yuan} yuan a year` },
}));

export const DISABILITY_TYPE = options(`
  1 视力残疾 Sight
  2 听力残疾 Hearing
  3 言语残疾 Speech
  4 肢体残疾 Physical
  5 智力残疾 Learning
  6 精神残疾 Mental health
  7 多重残疾 More than one
`);

export const DISABILITY_LEVEL = options(`
  1 一级 Level 1 (most severe)
  2 二级 Level 2
  3 三级 Level 3
  4 四级 Level 4
`);

export const DISABILITY_SUBSIDY = options(`
  life 困难残疾人生活补贴 Living allowance for disabled people in hardship
  care 重度残疾人护理补贴 Care allowance for severely disabled people
`);
