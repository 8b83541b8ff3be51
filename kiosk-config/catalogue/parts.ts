import type { Material, ServiceItem, TimeLimit } from '../../domain/catalogue/catalogue.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** A service before the search keys are made from its names. */
export type ServiceSource = Omit<ServiceItem, 'searchKeys'>;

/** At once. */
export const AT_ONCE: TimeLimit = { value: 0, unit: 'immediate' };

/** So many workdays. */
export function workdays(value: number): TimeLimit {
  return { value, unit: 'workday' };
}

export const POLICE: LocalizedText = { zh: '公安机关', en: 'Public security authority' };

export const FREE = { charged: false, text: { zh: '不收费', en: 'Free of charge' } } as const;

export const PUBLIC_SERVICE = {
  code: '20',
  name: { zh: '公共服务', en: 'Public service' },
} as const;

export const HUMAN_RESOURCES_BUREAU = {
  id: 'rs',
  name: {
    zh: '铜梁区人力资源和社会保障局',
    en: 'Tongliang District Human Resources and Social Security Bureau',
  },
  creditCode: '11500151DEMA000135',
} as const;

export const CIVIL_AFFAIRS_BUREAU = {
  id: 'mz',
  name: { zh: '铜梁区民政局', en: 'Tongliang District Civil Affairs Bureau' },
  creditCode: '11500151DEMA000210',
} as const;

/** The government service hotline; demo. */
export const HOTLINE = { consult: '12345', supervise: '12345' } as const;

/** What no hall may ask beyond. */
export const COMMON_NOTES: readonly LocalizedText[] = [
  {
    zh: '除本指南列明的条件和材料外，不另加要求。',
    en: 'Nothing is asked of you beyond the conditions and papers listed here.',
  },
  {
    zh: '网上能核验的信息不用提交。',
    en: 'What we can check online you need not hand in.',
  },
];

/** The applicant's own card, read and not copied. */
export const ID_CARD: Material = {
  id: 'idcard',
  name: { zh: '居民身份证', en: 'Resident ID card' },
  capture: ['readCard'],
  originals: 1,
  copies: 0,
  necessity: 1,
  sourceType: '20',
  issuer: POLICE,
  acceptStandard: {
    zh: '在有效期内，读卡信息与本人一致。',
    en: 'Valid, and what the reader shows is you.',
  },
  note: {
    zh: '只看原件，读卡取得信息，不收复印件。',
    en: 'We read the card itself. No copies needed.',
  },
};

/** The application form: the terminal makes it from the answers. */
export function applicationForm(name: LocalizedText): Material {
  return {
    id: 'form',
    name,
    capture: ['generate'],
    originals: 1,
    copies: 0,
    necessity: 1,
    sourceType: '10',
    acceptStandard: { zh: '内容完整，签名清晰。', en: 'Complete, with a clear signature.' },
    note: {
      zh: '终端按您填的内容生成，签名后一起提交，不用另外手填。',
      en: 'The terminal makes it from what you enter. You sign on the screen; nothing to fill in by hand.',
    },
  };
}
