import {
  ADDRESS_FIELD,
  BIRTH_DATE_FIELD,
  CONFIRM_SECTION,
  HUKOU_ADDRESS_FIELD,
  MOBILE_FIELD,
  SEX_FIELD,
  bankAccountField,
  commitmentField,
  form,
  idNumberField,
  mobileField,
  multiSelectField,
  nameField,
  selectField,
  signatureField,
  textField,
} from './fields.ts';
import { DISABILITY_LEVEL, DISABILITY_SUBSIDY, DISABILITY_TYPE, RELATION } from './options.ts';
import {
  AT_ONCE,
  CIVIL_AFFAIRS_BUREAU,
  COMMON_NOTES,
  FREE,
  HOTLINE,
  ID_CARD,
  POLICE,
  applicationForm,
  workdays,
  type ServiceSource,
} from './parts.ts';

const BY_PROXY = { field: 'isProxy', equals: true } as const;

const subsidyForm = form(
  {
    name: nameField({ zh: '残疾人姓名', en: 'Name of the disabled person' }, 'card'),
    idNo: idNumberField(
      { zh: '残疾人公民身份号码', en: 'ID number of the disabled person' },
      'card',
    ),
    gender: SEX_FIELD,
    birthDate: BIRTH_DATE_FIELD,
    hukouAddress: HUKOU_ADDRESS_FIELD,
    address: ADDRESS_FIELD,
    mobile: MOBILE_FIELD,
    disabilityCertNo: textField({ zh: '残疾人证号', en: 'Disability certificate number' }, 22, {
      description: {
        zh: '一般为20位：身份证号，加1位类别，加1位等级。',
        en: 'Usually 20 characters: the ID number, one digit for the type, one for the level.',
      },
      pattern: String.raw`^\d{17}[\dX][1-7][1-4](B\d)?$`,
      'x-first18EqualTo': 'idNo',
      'x-source': ['platform.disability', 'citizen'],
      'x-privacy': 'P2',
      'x-mask': 'idNumber',
    }),
    disabilityType: selectField({ zh: '残疾类别', en: 'Type of disability' }, DISABILITY_TYPE, {
      'x-source': ['computed.disabilityCertNo'],
      'x-derive': 'disabilityType',
      'x-readOnly': true,
      'x-privacy': 'P2',
    }),
    disabilityLevel: selectField({ zh: '残疾等级', en: 'Level of disability' }, DISABILITY_LEVEL, {
      'x-source': ['computed.disabilityCertNo'],
      'x-derive': 'disabilityLevel',
      'x-readOnly': true,
      'x-privacy': 'P2',
    }),
    kinds: multiSelectField(
      { zh: '申请哪种补贴', en: 'Allowances applied for' },
      DISABILITY_SUBSIDY,
      {
        description: { zh: '可以选一种，也可以两种都选。', en: 'Choose one or both.' },
        minItems: 1,
      },
    ),
    bankAccount: bankAccountField({
      zh: '收款账户（社保卡金融账户或本人银行卡）',
      en: 'Account to be paid into (social security card or own bank card)',
    }),
    isProxy: {
      type: 'boolean',
      title: { zh: '是不是别人代办', en: 'Is someone else applying for the disabled person?' },
      default: false,
      'x-widget': 'boolean',
      'x-source': ['citizen'],
      'x-privacy': 'P0',
    },
    proxyName: nameField({ zh: '代办人姓名', en: 'Name of the one applying' }, 'proxyCard', {
      'x-required': true,
    }),
    proxyIdNo: idNumberField(
      { zh: '代办人公民身份号码', en: 'ID number of the one applying' },
      'proxyCard',
      { 'x-required': true, 'x-notEqualTo': 'idNo' },
    ),
    proxyRelation: selectField(
      { zh: '代办人是残疾人的什么人', en: 'Who you are to the disabled person' },
      // nobody acts for themselves
      RELATION.filter(({ value }) => value !== 'self'),
      { 'x-required': true },
    ),
    proxyMobile: mobileField(
      { zh: '代办人手机号码', en: 'Phone number of the one applying' },
      { 'x-required': true },
    ),
    commit: commitmentField({
      zh: '所填信息真实，未重复享受同类补贴；同意为审核目的核对低保、残疾等信息。',
      en: 'What I have stated is true and no allowance of the same kind is drawn twice. I agree that the minimum living allowance, the disability and the like are checked for this application.',
    }),
    signature: signatureField({
      zh: '申请人（监护人或代办人）签名',
      en: 'Signature of the applicant, guardian or the one applying',
    }),
  },
  [
    'name',
    'idNo',
    'gender',
    'birthDate',
    'hukouAddress',
    'address',
    'mobile',
    'disabilityCertNo',
    'disabilityType',
    'disabilityLevel',
    'kinds',
    'bankAccount',
    'isProxy',
    'commit',
    'signature',
  ],
  [
    {
      id: 'basic',
      title: { zh: '残疾人信息', en: 'About the disabled person' },
      fields: ['name', 'idNo', 'gender', 'birthDate', 'hukouAddress', 'address', 'mobile'],
    },
    {
      id: 'sub',
      title: { zh: '补贴信息', en: 'About the allowance' },
      fields: ['disabilityCertNo', 'disabilityType', 'disabilityLevel', 'kinds', 'bankAccount'],
    },
    {
      id: 'proxyq',
      title: { zh: '办理方式', en: 'Who is applying' },
      fields: ['isProxy'],
    },
    {
      id: 'proxy',
      title: { zh: '代办人信息', en: 'About the one applying' },
      visibleIf: BY_PROXY,
      fields: ['proxyName', 'proxyIdNo', 'proxyRelation', 'proxyMobile'],
    },
    CONFIRM_SECTION,
  ],
);

/** 残疾人两项补贴: sections and papers that depend on answers. */
export const disabilitySubsidy = {
  id: 'disability-subsidy',
  version: 1,
  name: {
    zh: '困难残疾人生活补贴和重度残疾人护理补贴资格认定申请',
    en: 'Allowances for disabled people: living allowance and care allowance',
  },
  aliases: ['残疾人两项补贴', '残补', '护理补贴', '残疾人补助'],
  plainSummary: {
    zh: '持残疾人证的低保家庭残疾人可领生活补贴，一二级重度残疾人可领护理补贴。外地户籍也能在这里递交，由户籍地办理。',
    en: 'Disabled people in families on the minimum living allowance can get a living allowance; severely disabled people (level 1 or 2) a care allowance. If your household is registered elsewhere, you can hand in here and your home place decides.',
  },
  codes: {
    basicCode: '500511906000',
    implCode: '11500151DEMA0002105500511906000',
    handleItemCode: '11500151DEMA000210550051190600001',
  },
  itemType: { code: '05', name: { zh: '行政给付', en: 'Administrative payment' } },
  department: CIVIL_AFFAIRS_BUREAU,
  topic: { zh: '社会保障', en: 'Social security' },
  caseType: '2',
  legalLimit: workdays(20),
  promisedLimit: workdays(10),
  onSiteVisits: 0,
  kioskMode: 'apply',
  offlineMode: 'queue',
  assurance: 'L2',
  scope: { zh: '全国通办', en: 'Anywhere in the country' },
  fee: FREE,
  estimatedMinutes: 7,
  basis: [
    {
      zh: '《国务院关于全面建立困难残疾人生活补贴和重度残疾人护理补贴制度的意见》（国发〔2015〕52号）',
      en: 'Opinions of the State Council on Establishing the Living Allowance for Disabled People in Hardship and the Care Allowance for Severely Disabled People (State Council Document 2015 No. 52)',
    },
    {
      zh: '《关于进一步完善困难残疾人生活补贴和重度残疾人护理补贴制度的意见》（民发〔2021〕70号）',
      en: 'Opinions on Further Improving the Living and Care Allowances for Disabled People (Ministry of Civil Affairs Document 2021 No. 70)',
    },
  ],
  conditions: [
    { zh: '持有有效残疾人证。', en: 'There is a valid disability certificate.' },
    {
      zh: '生活补贴：低保家庭中的残疾人。',
      en: 'Living allowance: the disabled person’s family receives the minimum living allowance.',
    },
    {
      zh: '护理补贴：残疾等级一级、二级且需长期照护。',
      en: 'Care allowance: disability of level 1 or 2, with care needed for a long time.',
    },
  ],
  eligibility: [],
  steps: [
    {
      name: { zh: '申请', en: 'Apply' },
      actor: { zh: '申请人或监护人（终端）', en: 'You or the guardian, at the terminal' },
      limit: AT_ONCE,
    },
    {
      name: { zh: '受理初审', en: 'Accept and first check' },
      actor: { zh: '镇人民政府（街道办事处）', en: 'Town government or subdistrict office' },
      limit: workdays(3),
    },
    {
      name: { zh: '残疾审核', en: 'Check the disability' },
      actor: { zh: '区残联', en: 'District Disabled Persons’ Federation' },
      limit: workdays(3),
    },
    {
      name: { zh: '资格审定', en: 'Decide' },
      actor: { zh: '区民政局', en: 'District Civil Affairs Bureau' },
      limit: workdays(4),
    },
    {
      name: { zh: '结果告知', en: 'Tell you the result' },
      actor: { zh: '平台', en: 'The platform' },
      limit: AT_ONCE,
    },
  ],
  materials: [
    ID_CARD,
    {
      id: 'discert',
      name: { zh: '中华人民共和国残疾人证', en: 'Disability certificate' },
      capture: ['fetch', 'scan'],
      originals: 1,
      copies: 0,
      necessity: 1,
      sourceType: '20',
      issuer: { zh: '残联', en: 'Disabled Persons’ Federation' },
      acceptStandard: { zh: '证号清晰，在有效期内。', en: 'The number can be read; still valid.' },
    },
    {
      id: 'relief',
      name: {
        zh: '低保（特困）身份核验',
        en: 'Proof of the minimum living allowance or extreme hardship',
      },
      capture: ['fetch'],
      originals: 0,
      copies: 0,
      necessity: 1,
      sourceType: '20',
      issuer: { zh: '民政部门', en: 'Civil affairs authority' },
      note: { zh: '平台核验，不用交。', en: 'The platform checks this. Nothing to hand in.' },
      visibleIf: { field: 'kinds', includes: 'life' },
    },
    {
      id: 'bankcard',
      name: { zh: '社会保障卡或本人银行卡', en: 'Social security card or own bank card' },
      capture: ['fetch', 'scan'],
      readFrom: 'securityCard',
      originals: 1,
      copies: 0,
      necessity: 1,
      sourceType: '20',
      issuer: {
        zh: '人社部门或银行',
        en: 'Human resources and social security authority, or a bank',
      },
      acceptStandard: {
        zh: '卡号清晰，户名与申请人一致。',
        en: 'The number can be read; the account is the applicant’s own.',
      },
      note: {
        zh: '平台能取到社保卡账户时不用交。',
        en: 'Not needed when the platform knows the account of your social security card.',
      },
    },
    {
      id: 'poa',
      name: { zh: '授权委托书', en: 'Letter of authority' },
      // the terminal could make the text, but not the signature of the one who stayed at home
      capture: ['scan'],
      originals: 1,
      copies: 0,
      necessity: 1,
      sourceType: '10',
      acceptStandard: {
        zh: '写明委托谁、办什么事，有委托人签名或指印。',
        en: 'Says who acts, and for what; signed or marked by the disabled person or guardian.',
      },
      note: {
        zh: '代办时需要，由委托人签名后扫描。',
        en: 'Needed when someone applies for another. Have it signed, then scan it here.',
      },
      visibleIf: BY_PROXY,
    },
    {
      ...ID_CARD,
      id: 'proxyIdcard',
      name: { zh: '代办人居民身份证', en: 'Resident ID card of the one applying' },
      issuer: POLICE,
      note: {
        zh: '代办时需要，只看原件，不收复印件。',
        en: 'Needed when someone applies for another. No copies needed.',
      },
      visibleIf: BY_PROXY,
    },
    applicationForm({
      zh: '残疾人两项补贴申请审批表',
      en: 'Application form for the two allowances',
    }),
  ],
  form: subsidyForm,
  result: {
    name: {
      zh: '残疾人两项补贴资格认定结果告知单',
      en: 'Notice of the decision on the two allowances',
    },
  },
  contacts: HOTLINE,
  notes: COMMON_NOTES,
  faq: [
    {
      q: { zh: '从什么时候开始发？', en: 'From when is it paid?' },
      a: {
        zh: '审定合格的，从递交申请当月计发。',
        en: 'If it is granted, from the month in which you applied.',
      },
    },
  ],
} as const satisfies ServiceSource;
