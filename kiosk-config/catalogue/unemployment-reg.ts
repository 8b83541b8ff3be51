import {
  ADDRESS_FIELD,
  BIRTH_DATE_FIELD,
  CONFIRM_SECTION,
  MOBILE_FIELD,
  SEX_FIELD,
  commitmentField,
  form,
  idNumberField,
  nameField,
  selectField,
  signatureField,
  textField,
} from './fields.ts';
import { EDUCATION, REGISTRATION_PLACE, UNEMPLOYMENT_REASON } from './options.ts';
import {
  AT_ONCE,
  COMMON_NOTES,
  FREE,
  HOTLINE,
  HUMAN_RESOURCES_BUREAU,
  ID_CARD,
  PUBLIC_SERVICE,
  type ServiceSource,
} from './parts.ts';

const unemploymentForm = form(
  {
    name: nameField({ zh: '申请人姓名', en: 'Your name' }, 'card'),
    idNo: idNumberField({ zh: '申请人公民身份号码', en: 'Your ID number' }, 'card'),
    gender: SEX_FIELD,
    birthDate: BIRTH_DATE_FIELD,
    address: ADDRESS_FIELD,
    mobile: MOBILE_FIELD,
    education: selectField({ zh: '学历', en: 'Education' }, EDUCATION),
    regPlaceType: selectField({ zh: '登记地', en: 'Place of registration' }, REGISTRATION_PLACE, {
      description: {
        zh: '您凭哪一条在这里登记？',
        en: 'What connects you with this place?',
      },
      'x-privacy': 'P0',
    }),
    reason: selectField({ zh: '失业原因', en: 'Why you are out of work' }, UNEMPLOYMENT_REASON),
    lostDate: {
      type: 'string',
      title: { zh: '失业日期', en: 'Out of work since' },
      description: {
        zh: '从没工作过的，填毕业或开始找工作的日子。',
        en: 'If you never worked, give the day you left school or began to look for work.',
      },
      format: 'date',
      'x-dateMin': '1970-01-01',
      'x-dateMax': 'today',
      'x-widget': 'date',
      'x-source': ['citizen'],
      'x-privacy': 'P1',
    },
    lastEmployer: textField({ zh: '原工作单位', en: 'Last employer' }, 100, {
      description: { zh: '没有可以不填。', en: 'Leave it empty if there is none.' },
      'x-source': ['platform.si', 'citizen'],
    }),
    wantJob: textField({ zh: '想找什么工作', en: 'Work you are looking for' }, 60, {
      description: { zh: '可以不填。', en: 'You may leave it empty.' },
    }),
    wantTraining: {
      type: 'boolean',
      title: { zh: '愿意参加免费培训吗', en: 'Would you like free training?' },
      'x-widget': 'boolean',
      'x-source': ['citizen'],
      'x-privacy': 'P0',
    },
    commit: commitmentField({
      zh: '本人目前处于失业状态，所填信息真实；就业后将及时办理就业登记。',
      en: 'I am out of work at present and what I have stated is true. When I find work I will register it without delay.',
    }),
    signature: signatureField({ zh: '申请人签名', en: 'Your signature' }),
  },
  [
    'name',
    'idNo',
    'gender',
    'birthDate',
    'address',
    'mobile',
    'education',
    'regPlaceType',
    'reason',
    'lostDate',
    'commit',
    'signature',
  ],
  [
    {
      id: 'basic',
      title: { zh: '个人信息', en: 'About you' },
      fields: ['name', 'idNo', 'gender', 'birthDate', 'address', 'mobile', 'education'],
    },
    {
      id: 'job',
      title: { zh: '失业情况', en: 'About your work' },
      fields: ['regPlaceType', 'reason', 'lostDate', 'lastEmployer', 'wantJob', 'wantTraining'],
    },
    CONFIRM_SECTION,
  ],
);

/** 失业登记: done at once. */
export const unemploymentReg = {
  id: 'unemployment-reg',
  version: 1,
  name: { zh: '失业登记', en: 'Register as unemployed' },
  aliases: ['登记失业', '没工作登记', '失业证', '就业创业证'],
  plainSummary: {
    zh: '没有工作、想找工作的劳动者可以登记失业，登记后能享受免费职业介绍、培训和补贴政策。',
    en: 'If you have no work and want work, register here. You then get free help with finding a job, training and subsidies.',
  },
  codes: {
    basicCode: '502014903000',
    implCode: '11500151DEMA0001355502014903000',
    handleItemCode: '11500151DEMA000135550201490300001',
  },
  itemType: PUBLIC_SERVICE,
  department: HUMAN_RESOURCES_BUREAU,
  topic: { zh: '就业创业', en: 'Work and business' },
  caseType: '1',
  legalLimit: AT_ONCE,
  promisedLimit: AT_ONCE,
  onSiteVisits: 0,
  kioskMode: 'apply',
  offlineMode: 'queue',
  assurance: 'L2',
  scope: { zh: '全国通办', en: 'Anywhere in the country' },
  fee: FREE,
  estimatedMinutes: 4,
  basis: [
    {
      zh: '《中华人民共和国就业促进法》',
      en: 'Employment Promotion Law of the People’s Republic of China',
    },
    {
      zh: '《就业服务与就业管理规定》（劳动和社会保障部令第28号，已修正）',
      en: 'Provisions on Employment Services and Employment Management (Order No. 28 of the Ministry of Labour and Social Security, as amended)',
    },
  ],
  conditions: [
    {
      zh: '年满16周岁，还没有依法享受基本养老保险待遇。',
      en: 'You are 16 or older and do not yet draw a basic pension.',
    },
    {
      zh: '有劳动能力、有就业要求、处于失业状态。',
      en: 'You are able to work, want to work, and have no work.',
    },
    {
      zh: '可在户籍地、常住地、就业地或参保地登记。',
      en: 'You may register where your household is registered, where you live, where you worked, or where your social insurance was paid.',
    },
  ],
  eligibility: [{ rule: 'ageMin', value: 16 }],
  steps: [
    {
      name: { zh: '申请', en: 'Apply' },
      actor: { zh: '申请人（终端）', en: 'You, at the terminal' },
      limit: AT_ONCE,
    },
    {
      name: { zh: '比对登记', en: 'Check and register' },
      actor: {
        zh: '镇街公共就业服务机构（系统比对）',
        en: 'Town employment service (checked by the system)',
      },
      limit: AT_ONCE,
    },
  ],
  materials: [
    { ...ID_CARD, anyOfGroup: 'identity' },
    {
      id: 'sscard',
      name: { zh: '社会保障卡或电子社保卡', en: 'Social security card, or its electronic form' },
      capture: ['scan', 'qr'],
      readFrom: 'securityCard',
      originals: 1,
      copies: 0,
      necessity: 1,
      sourceType: '20',
      issuer: { zh: '人社部门', en: 'Human resources and social security authority' },
      note: {
        zh: '和身份证任选一样就行。',
        en: 'Either this or your ID card is enough.',
      },
      anyOfGroup: 'identity',
    },
  ],
  form: unemploymentForm,
  result: {
    name: {
      zh: '就业创业证（电子）及失业登记凭据',
      en: 'Employment and business certificate (electronic) and proof of registration',
    },
  },
  contacts: HOTLINE,
  notes: COMMON_NOTES,
  faq: [
    {
      q: { zh: '登记后能领失业金吗？', en: 'Do I get unemployment benefit then?' },
      a: {
        zh: '失业金要看是否缴过失业保险，请拨 12345 或到窗口查询。',
        en: 'That depends on whether unemployment insurance was paid for you. Call 12345 or ask at the counter.',
      },
    },
  ],
} as const satisfies ServiceSource;
