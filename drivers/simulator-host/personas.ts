import type { CardKind, SexCode } from '../../domain/identity/card.ts';
import type { LocalizedText } from '../../domain/text.ts';

/**
 * What is written on a synthetic card. Dates are YYYYMMDD and written as they stand, possible or not;
 * `validTo` may be `长期`.
 */
export interface DemoCard {
  readonly kind: CardKind;
  /** Chinese name; empty on a foreigner's card that has none. */
  readonly name: string;
  readonly latinName?: string;
  readonly sex: SexCode;
  readonly nationCode?: string;
  readonly nationality?: string;
  readonly birthDate: string;
  readonly address?: string;
  readonly idNumber: string;
  readonly issuer?: string;
  readonly validFrom: string;
  readonly validTo: string;
  readonly passNumber?: string;
  readonly issueCount?: string;
  readonly cardVersion?: string;
  readonly authorityCode?: string;
  readonly formerNumberLink?: string;
  /** Address written to the card after a move, read by a request of its own. */
  readonly newestAddress?: string;
}

/** What a persona types in the demo, valid in form and belonging to nobody. */
export interface DemoAnswers {
  readonly mobile: string;
  /** 9-digit code of a town of the demo region, and the rest of the address as typed. */
  readonly residence: { readonly divisionCode: string; readonly detail: string };
  /** Fits LUHN. */
  readonly bankAccount: string;
  /** Id number (of eighteen digits), kind of disability, level. */
  readonly disabilityCertNo: string;
}

/** A person who does not exist, with a card. The id carries no name. */
export interface DemoPersona {
  readonly id: string;
  /** What the card is good for, for people at the dock. */
  readonly note: LocalizedText;
  readonly card: DemoCard;
  readonly answers: DemoAnswers;
}

const ISSUER = '重庆市公安局铜梁区分局';

function answers(
  index: number,
  idNumber: string,
  bankAccount: string,
  street: string,
): DemoAnswers {
  return {
    mobile: `138${String(index).padStart(8, '0')}`,
    residence: { divisionCode: '500151001', detail: street },
    bankAccount,
    disabilityCertNo: `${idNumber}42`,
  };
}

function resident(
  card: Pick<DemoCard, 'name' | 'sex' | 'birthDate' | 'address' | 'idNumber'> & Partial<DemoCard>,
): DemoCard {
  return {
    kind: 'resident',
    nationCode: '01',
    issuer: ISSUER,
    validFrom: '20200518',
    validTo: '20400518',
    ...card,
  };
}

const ELDER = resident({
  name: '龚大福',
  sex: '1',
  birthDate: '19410305',
  address: '重庆市铜梁区巴川街道龙门街1号附2号',
  idNumber: '500199194103050013',
  validFrom: '20060301',
  validTo: '长期',
});

/**
 * Everybody the simulators know. The area code 500199 of their numbers is not given to any place; the
 * numbers that begin with 8 and 9 have no such code, and (but for the first) the sequence 000, which is
 * not given to anybody.
 */
export const DEMO_PERSONAS: readonly DemoPersona[] = [
  {
    id: 'elder',
    note: { zh: '八十多岁，长期有效的证件', en: 'over eighty, a card without an end date' },
    card: ELDER,
    answers: answers(1, ELDER.idNumber, '6200000000000000018', '龙门街1号附2号'),
  },
  {
    id: 'proxy',
    note: { zh: '代办人，证件上有新住址', en: 'acts for another; the card holds a newer address' },
    card: resident({
      name: '龚小兰',
      sex: '2',
      birthDate: '19690712',
      address: '重庆市铜梁区安居镇会龙村3组12号',
      idNumber: '500199196907120020',
      newestAddress: '重庆市铜梁区巴川街道龙门街1号附3号',
    }),
    answers: answers(2, '500199196907120020', '6200000000000000026', '龙门街1号附3号'),
  },
  {
    id: 'ext-a',
    note: { zh: '姓名有扩展A区的字', en: 'a character of extension A in the name' },
    card: resident({
      name: '陈\u{4DAE}',
      sex: '1',
      birthDate: '19920118',
      address: '重庆市铜梁区东城街道中兴路8号2单元5-1',
      idNumber: '500199199201180033',
    }),
    answers: answers(3, '500199199201180033', '6200000000000000034', '中兴路8号2单元5-1'),
  },
  {
    id: 'ext-f',
    note: { zh: '姓氏是扩展F区的字', en: 'a surname of extension F' },
    card: resident({
      name: '\u{2CC56}玲',
      sex: '2',
      nationCode: '15',
      birthDate: '19850926',
      address: '重庆市铜梁区南城街道学府大道16号',
      idNumber: '500199198509260043',
    }),
    answers: answers(4, '500199198509260043', '6200000000000000042', '学府大道16号'),
  },
  {
    id: 'ext-g',
    note: { zh: '复姓，名字是扩展G区的字', en: 'a double surname and a character of extension G' },
    card: resident({
      name: '欧阳\u{30EDD}',
      sex: '1',
      birthDate: '19781005',
      address: '重庆市铜梁区旧县街道石锅街22号',
      idNumber: '500199197810050059',
    }),
    answers: answers(5, '500199197810050059', '6200000000000000059', '石锅街22号'),
  },
  {
    id: 'private-use',
    note: { zh: '旧卡，名字的字存在私用区', en: 'an old card with a private-use character' },
    card: resident({
      name: '陈\u{E863}',
      sex: '1',
      birthDate: '19560318',
      address: '重庆市铜梁区土桥镇六赢村5组',
      idNumber: '500199195603180038',
      validFrom: '20080701',
      validTo: '20280701',
    }),
    answers: answers(6, '500199195603180038', '6200000000000000067', '六赢村5组'),
  },
  {
    id: 'returnee',
    note: { zh: '返乡务工人员', en: 'came back from working in the city' },
    card: resident({
      name: '张三丰',
      sex: '1',
      birthDate: '19660909',
      address: '重庆市铜梁区虎峰镇久远村1组9号',
      idNumber: '500199196609090011',
    }),
    answers: answers(7, '500199196609090011', '6200000000000000075', '久远村1组9号'),
  },
  {
    id: 'latin',
    note: {
      zh: '外国人永久居留身份证（2023版）',
      en: "a foreigner's card of 2023, no Chinese name",
    },
    card: {
      kind: 'foreigner2023',
      name: '',
      latinName: 'EMMA JOHNSON',
      sex: '2',
      nationality: 'USA',
      birthDate: '19850615',
      idNumber: '950840198506150018',
      issueCount: '00',
      validFrom: '20240301',
      validTo: '20340301',
    },
    answers: answers(8, '950840198506150018', '6200000000000000083', '龙门街6号'),
  },
  {
    id: 'long-latin',
    note: {
      zh: '外国人永久居留身份证（2023版），有中文姓名，英文姓名很长',
      en: "a foreigner's card of 2023, a Chinese name and a Latin one as long as the card holds",
    },
    card: {
      kind: 'foreigner2023',
      name: '马克',
      latinName: 'MAXIMILIAN FRIEDRICH KONRAD ALBERT VON BERGEN',
      sex: '1',
      nationality: 'DEU',
      birthDate: '19780330',
      idNumber: '95027619780330000X',
      validFrom: '20240601',
      validTo: '20340601',
      issueCount: '01',
      formerNumberLink: '001',
    },
    answers: answers(10, '95027619780330000X', '6200000000000000109', '龙门街7号'),
  },
  {
    id: 'foreigner-2017',
    note: {
      zh: '外国人永久居留身份证（2017版）',
      en: "a foreigner's card of 2017, fifteen characters of number",
    },
    card: {
      kind: 'foreigner2017',
      name: '罗西',
      latinName: 'ROSSI, MARCO',
      sex: '1',
      nationality: 'ITA',
      birthDate: '19790412',
      idNumber: 'ITA500199790412',
      validFrom: '20210301',
      validTo: '20310301',
      cardVersion: '01',
      authorityCode: '5001',
    },
    answers: answers(11, '500199197904120011', '6200000000000000117', '龙门街8号'),
  },
  {
    id: 'hk-permit',
    note: { zh: '港澳台居民居住证（香港）', en: 'a residence permit, Hong Kong' },
    card: {
      kind: 'hkMoTwResidence',
      name: '陳小文',
      sex: '2',
      birthDate: '19880214',
      address: '重庆市铜梁区巴川街道龙门街9号',
      idNumber: '810000198802140003',
      issuer: ISSUER,
      validFrom: '20230901',
      validTo: '20280901',
      passNumber: 'H00000000',
      issueCount: '01',
      newestAddress: '重庆市铜梁区东城街道中兴路10号',
    },
    answers: answers(12, '810000198802140003', '6200000000000000125', '中兴路10号'),
  },
  {
    id: 'tw-permit',
    note: { zh: '港澳台居民居住证（台湾）', en: 'a residence permit, Taiwan' },
    card: {
      kind: 'hkMoTwResidence',
      name: '林雅婷',
      sex: '2',
      birthDate: '19950821',
      address: '重庆市铜梁区南城街道学府大道18号',
      idNumber: '830000199508210005',
      issuer: ISSUER,
      validFrom: '20240115',
      validTo: '20290115',
      passNumber: '00000000',
      issueCount: '02',
    },
    answers: answers(13, '830000199508210005', '6200000000000000133', '学府大道18号'),
  },
  {
    id: 'bad-checksum',
    note: { zh: '号码校验位不对', en: 'the check digit of the number is wrong' },
    card: { ...ELDER, name: '测试甲', idNumber: '500199194103050014' },
    answers: answers(9, '500199194103050013', '6200000000000000091', '龙门街1号'),
  },
  {
    id: 'impossible-date',
    note: { zh: '出生日期不存在', en: 'a date of birth that is no date' },
    card: { ...ELDER, name: '测试乙', birthDate: '19410231' },
    answers: answers(9, ELDER.idNumber, '6200000000000000091', '龙门街1号'),
  },
  {
    id: 'expired',
    note: { zh: '证件过期', en: 'the card has run out' },
    card: resident({
      name: '测试丙',
      sex: '2',
      birthDate: '19690712',
      address: '重庆市铜梁区安居镇会龙村3组13号',
      idNumber: '500199196907120020',
      validFrom: '20100101',
      validTo: '20200101',
    }),
    answers: answers(9, '500199196907120020', '6200000000000000091', '会龙村3组13号'),
  },
];

/** A persona by its id. */
export function demoPersona(id: string): DemoPersona | undefined {
  return DEMO_PERSONAS.find((persona) => persona.id === id);
}
