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
  multiSelectField,
  nameField,
  selectField,
  signatureField,
} from './fields.ts';
import { NATION, PENSION_GROUP, PENSION_TIER } from './options.ts';
import {
  AT_ONCE,
  COMMON_NOTES,
  FREE,
  HOTLINE,
  HUMAN_RESOURCES_BUREAU,
  ID_CARD,
  POLICE,
  PUBLIC_SERVICE,
  applicationForm,
  workdays,
  type ServiceSource,
} from './parts.ts';

const pensionForm = form(
  {
    name: nameField({ zh: '申请人姓名', en: 'Your name' }, 'card'),
    idNo: idNumberField({ zh: '申请人公民身份号码', en: 'Your ID number' }, 'card'),
    gender: SEX_FIELD,
    nation: selectField({ zh: '民族', en: 'Ethnic group' }, NATION, {
      'x-source': ['card.nationCode', 'citizen'],
    }),
    birthDate: BIRTH_DATE_FIELD,
    hukouAddress: HUKOU_ADDRESS_FIELD,
    address: ADDRESS_FIELD,
    mobile: MOBILE_FIELD,
    groupType: multiSelectField({ zh: '特殊参保群体', en: 'Special groups' }, PENSION_GROUP, {
      description: {
        zh: '是低保、特困、重度残疾等可以勾选，政府会代缴一部分。都不是就不选。',
        en: 'Tick what is true of you: the government then pays a part. Leave it empty if none is.',
      },
      'x-source': ['platform.relief', 'citizen'],
    }),
    payTier: selectField({ zh: '每年交多少', en: 'Yearly payment' }, PENSION_TIER, {
      description: {
        zh: '按年交，以后每年都可以改；交得多领得多。',
        en: 'Paid once a year. You can change it every year. Who pays more gets more.',
      },
    }),
    bankAccount: bankAccountField({
      zh: '缴费和领取账户（社保卡金融账户或本人银行卡）',
      en: 'Account to pay from and be paid into (social security card or your own bank card)',
    }),
    commit: commitmentField({
      zh: '所填信息真实，未参加职工基本养老保险；如有不实，愿承担相应责任。',
      en: 'What I have stated is true and I am not in the employees’ basic pension insurance. If it is not so, I bear the consequences.',
    }),
    signature: signatureField({ zh: '申请人签名', en: 'Your signature' }),
  },
  [
    'name',
    'idNo',
    'gender',
    'nation',
    'birthDate',
    'hukouAddress',
    'address',
    'mobile',
    'payTier',
    'bankAccount',
    'commit',
    'signature',
  ],
  [
    {
      id: 'basic',
      title: { zh: '个人信息', en: 'About you' },
      fields: [
        'name',
        'idNo',
        'gender',
        'nation',
        'birthDate',
        'hukouAddress',
        'address',
        'mobile',
      ],
    },
    {
      id: 'plan',
      title: { zh: '参保信息', en: 'About the insurance' },
      fields: ['groupType', 'payTier', 'bankAccount'],
    },
    CONFIRM_SECTION,
  ],
);

/** 城乡居民基本养老保险参保登记: promised within a workday. */
export const pensionEnroll = {
  id: 'pension-enroll',
  version: 1,
  name: {
    zh: '城乡居民基本养老保险参保登记',
    en: 'Join the residents’ basic pension insurance',
  },
  aliases: ['参加居民养老保险', '办农保', '买养老保险', '居民社保登记'],
  plainSummary: {
    zh: '还没参加职工养老保险的居民，在这里登记参加居民养老保险。刷身份证、填几项、签个名就行，一般一个工作日有结果。',
    en: 'For residents who are not in the employees’ pension insurance. Lay down your ID card, answer a few questions and sign. You usually hear within one working day.',
  },
  codes: {
    basicCode: '502014901000',
    implCode: '11500151DEMA0001355502014901000',
    handleItemCode: '11500151DEMA000135550201490100001',
  },
  itemType: PUBLIC_SERVICE,
  department: HUMAN_RESOURCES_BUREAU,
  topic: { zh: '社会保障', en: 'Social security' },
  caseType: '2',
  legalLimit: workdays(3),
  promisedLimit: workdays(1),
  onSiteVisits: 0,
  kioskMode: 'apply',
  offlineMode: 'queue',
  assurance: 'L2',
  scope: { zh: '区内通办', en: 'Anywhere in the district' },
  fee: FREE,
  estimatedMinutes: 5,
  basis: [
    {
      zh: '《国务院关于建立统一的城乡居民基本养老保险制度的意见》（国发〔2014〕8号）',
      en: 'Opinions of the State Council on Establishing a Unified Basic Pension Insurance System for Urban and Rural Residents (State Council Document 2014 No. 8)',
    },
    {
      zh: '《城乡居民基本养老保险经办规程》（人社部发〔2019〕84号）',
      en: 'Rules for Handling the Basic Pension Insurance of Urban and Rural Residents (Ministry of Human Resources and Social Security Document 2019 No. 84)',
    },
  ],
  conditions: [
    {
      zh: '年满16周岁（不含在校学生）。',
      en: 'You are 16 or older and not at school or university.',
    },
    {
      zh: '不属于职工基本养老保险覆盖范围。',
      en: 'The employees’ basic pension insurance does not cover you.',
    },
    { zh: '在户籍地办理。', en: 'Your household is registered in this district.' },
  ],
  eligibility: [{ rule: 'ageMin', value: 16 }],
  steps: [
    {
      name: { zh: '申请', en: 'Apply' },
      actor: { zh: '申请人（终端）', en: 'You, at the terminal' },
      limit: AT_ONCE,
    },
    {
      name: { zh: '收件预审', en: 'Receive and look through' },
      actor: { zh: '镇街便民服务中心', en: 'Town service centre' },
      limit: AT_ONCE,
    },
    {
      name: { zh: '审核确认', en: 'Check and confirm' },
      actor: { zh: '区社保经办机构', en: 'District social insurance office' },
      limit: workdays(1),
    },
    {
      name: { zh: '结果告知', en: 'Tell you the result' },
      actor: {
        zh: '平台（短信、终端、热线）',
        en: 'The platform (text message, terminal, hotline)',
      },
      limit: AT_ONCE,
    },
  ],
  materials: [
    ID_CARD,
    {
      id: 'household',
      name: {
        zh: '居民户口簿（首页及本人页）',
        en: 'Household register (first page and your page)',
      },
      capture: ['fetch', 'scan'],
      originals: 1,
      copies: 0,
      necessity: 1,
      sourceType: '20',
      issuer: POLICE,
      acceptStandard: {
        zh: '首页和本人页完整清晰，四角齐全。',
        en: 'Both pages whole and clear, with all four corners.',
      },
      note: {
        zh: '没带户口簿，可以签承诺书代替。',
        en: 'If you do not have it with you, you may sign a declaration instead.',
      },
      commitmentReplace: true,
    },
    applicationForm({
      zh: '城乡居民基本养老保险参保登记表',
      en: 'Registration form of the residents’ basic pension insurance',
    }),
  ],
  form: pensionForm,
  result: {
    name: {
      zh: '城乡居民基本养老保险参保登记确认单',
      en: 'Confirmation of joining the residents’ basic pension insurance',
    },
  },
  contacts: HOTLINE,
  notes: COMMON_NOTES,
  faq: [
    {
      q: {
        zh: '去年在别处交过，还要重新登记吗？',
        en: 'I paid somewhere else last year. Must I register again?',
      },
      a: {
        zh: '不用重复参保，可以办理关系转移，请到窗口或拨 12345。',
        en: 'No. You can have your insurance moved here. Ask at the counter or call 12345.',
      },
    },
    {
      q: { zh: '没有银行卡怎么办？', en: 'What if I have no bank card?' },
      a: {
        zh: '可以用社保卡上的银行账号。都没有的，请到窗口先登记，缴费账户以后补。',
        en: 'You may use the account of your social security card. If you have neither, register at the counter and give the account later.',
      },
    },
  ],
} as const satisfies ServiceSource;
