import type { CaseAction } from '../../domain/application-state.ts';
import type { MaterialMeans } from '../../domain/envelope/body.ts';
import type { ItemKind } from '../../domain/envelope/header.ts';
import type { CardDoubt, CardKind } from '../../domain/identity/card.ts';
import type { LocalizedText } from '../../domain/text.ts';
import type { ArchiveTrouble } from '../archive-trouble.ts';
import type { AuditOrigin, ChainCause } from '../storage/audit-port.ts';
import type { LossCause } from '../storage/port.ts';

type Words<K extends string> = Readonly<Record<K, LocalizedText>>;

/** What a clerk may do, as on the buttons. */
export const ACTIONS: Words<CaseAction> = {
  startPrereview: { zh: '开始预审', en: 'Start pre-review' },
  requestSupplement: { zh: '一次性告知补正', en: 'Ask for more papers' },
  reject: { zh: '不予受理', en: 'Do not accept' },
  accept: { zh: '受理', en: 'Accept' },
  process: { zh: '开始办理', en: 'Start processing' },
  approve: { zh: '准予', en: 'Grant' },
  deny: { zh: '不予', en: 'Refuse' },
};

/** Kinds of items. */
export const KINDS: Words<ItemKind> = {
  application: { zh: '申报', en: 'Application' },
  supplement: { zh: '补正', en: 'Supplement' },
  withdrawal: { zh: '撤回', en: 'Withdrawal' },
  rating: { zh: '评价', en: 'Rating' },
  question: { zh: '咨询', en: 'Question' },
};

/** How a material was given. */
export const MEANS: Words<MaterialMeans> = {
  scan: { zh: '扫描', en: 'scanned' },
  readCard: { zh: '读卡', en: 'card read' },
  commitment: { zh: '告知承诺', en: 'commitment signed' },
  platform: { zh: '平台核验，不用交', en: 'checked by the platform' },
  generate: { zh: '终端生成', en: 'made by the terminal' },
};

/** Kinds of cards. */
export const CARDS: Words<CardKind> = {
  resident: { zh: '居民身份证', en: 'Resident identity card' },
  hkMoTwResidence: { zh: '港澳台居民居住证', en: 'Hong Kong, Macao, Taiwan residence permit' },
  foreigner2017: { zh: '外国人永久居留身份证（2017版）', en: "Foreigner's card (2017)" },
  foreigner2023: { zh: '外国人永久居留身份证（2023版）', en: "Foreigner's card (2023)" },
};

/** What on the card does not fit. */
export const DOUBTS: Words<CardDoubt> = {
  idNumberChecksum: { zh: '证件号码不合规则', en: 'The number does not follow its rule' },
  idNumberBirthDateDiffers: { zh: '号码和出生日期对不上', en: 'Number and birth date differ' },
  idNumberSexDiffers: { zh: '号码和性别对不上', en: 'Number and sex differ' },
  expired: { zh: '证件已过期', en: 'The card has expired' },
  notYetValid: { zh: '证件还没有生效', en: 'The card is not valid yet' },
  nationUnknown: { zh: '民族代码不认识', en: 'The nation code is not known' },
};

const PROBLEMS: Readonly<Record<string, LocalizedText>> = {
  receiptNumberTwice: { zh: '回执号重复', en: 'The receipt number came twice' },
  noKey: {
    zh: '打开它的密钥现在不在平台上，请找系统管理员',
    en: 'The key that opens it is not at the platform now: ask the administrator',
  },
  cannotOpen: { zh: '打不开密封的内容', en: 'The sealed contents cannot be opened' },
  notJson: { zh: '内容不是约定的格式', en: 'The contents have a wrong format' },
  bodyShape: { zh: '内容不是约定的格式', en: 'The contents have a wrong format' },
  headerDiffers: { zh: '封面和内容对不上', en: 'Header and contents differ' },
  attachmentNotSent: { zh: '有附件没有送到', en: 'An attachment was not sent' },
  attachmentUnnamed: { zh: '多出来的附件', en: 'An attachment that nothing names' },
  serviceUnknown: { zh: '目录里没有这个事项', en: 'The service is not in the catalogue' },
  fileMissing: {
    zh: '密封的内容平台丢失了，现在打不开',
    en: 'The platform has lost the sealed contents: they cannot be opened now',
  },
  'attachment:cannotOpen': { zh: '有附件打不开', en: 'An attachment cannot be opened' },
  'attachment:fileDiffers': { zh: '有附件和清单对不上', en: 'An attachment differs from the list' },
  'attachment:fileMissing': { zh: '缺附件', en: 'An attachment is missing' },
};

const FIELD_CODES: Readonly<Record<string, LocalizedText>> = {
  required: { zh: '没有填', en: 'not answered' },
  mustAgree: { zh: '没有同意', en: 'not agreed' },
  checksum: { zh: '校验位不对', en: 'wrong check digit' },
  unknownField: { zh: '表单里没有这一项', en: 'not in the form' },
  sameAsOther: { zh: '不能和另一项相同', en: 'must differ from another answer' },
  differsFromOther: { zh: '和另一项对不上', en: 'does not match another answer' },
};

/** What the review found, in words; names of fields and materials by their labels where they are known. */
export function problemText(
  code: string,
  labelOf: (kind: 'field' | 'material', id: string) => LocalizedText | undefined,
): LocalizedText {
  const known = PROBLEMS[code];
  if (known) return known;
  const [kind, id = '', fault = ''] = code.split(':');
  const label = labelOf(kind === 'field' ? 'field' : 'material', id) ?? { zh: id, en: id };
  if (kind === 'materialMissing') {
    return { zh: `缺少材料：${label.zh}`, en: `Missing: ${label.en}` };
  }
  const what = FIELD_CODES[fault] ?? { zh: '填写不对', en: 'wrong' };
  return { zh: `${label.zh}：${what.zh}`, en: `${label.en}: ${what.en}` };
}

/** How a terminal's chain that is not the first one came to be. */
export const ORIGINS: Words<Exclude<AuditOrigin, 'first'>> = {
  anew: { zh: '审计从头另起', en: 'audit began anew' },
  fork: { zh: '审计分叉', en: 'audit forked' },
  gap: { zh: '审计前段缺失', en: 'audit has a gap before' },
};

/** What an auditor may find behind an odd chain. */
export const CHAIN_CAUSES: Words<ChainCause> = {
  diskReplaced: { zh: '换了硬盘或整机', en: 'its disk, or the machine, was replaced' },
  indexLost: { zh: '硬盘坏了，记录丢失一段', en: 'a bad disk lost a part of it' },
  diskCopied: { zh: '硬盘被复制过', en: 'its disk was copied' },
  tampered: { zh: '有人改动过', en: 'somebody changed it' },
  other: { zh: '其他，另有记录', en: 'something else, recorded elsewhere' },
};

/** Why nobody brings a lost file again. */
export const LOSS_CAUSES: Words<LossCause> = {
  terminalDestroyed: { zh: '终端毁了', en: 'the terminal is destroyed' },
  terminalDiskFailed: { zh: '终端的硬盘坏了，读不出来', en: 'the disk of the terminal failed' },
  terminalStolen: { zh: '终端被盗、丢失', en: 'the terminal was stolen or is lost' },
  archiveLost: {
    zh: '终端已经不留这一份，存档盘也坏了',
    en: 'the terminal keeps it no more, and the archive is lost',
  },
  other: { zh: '其他，另有记录', en: 'something else, recorded elsewhere' },
};

/** Actions in the access log. */
export const ACCESS_ACTIONS: Readonly<Record<string, LocalizedText>> = {
  login: { zh: '登录', en: 'logged in' },
  loginFailed: { zh: '登录失败', en: 'login failed' },
  loginLocked: { zh: '登录被锁', en: 'login locked' },
  logout: { zh: '退出', en: 'logged out' },
  openCase: { zh: '打开办件', en: 'opened a case' },
  openFile: { zh: '查看材料', en: 'looked at a file' },
  moveCase: { zh: '变更状态', en: 'moved a case' },
  refused: { zh: '无权，被拒绝', en: 'refused, not allowed' },
  revokeTerminal: { zh: '停用终端', en: 'revoked a terminal' },
  addEnrolmentCode: { zh: '新增登记码', en: 'added an enrolment code' },
  newArchive: { zh: '启用新的存档盘', en: 'said that a new archive is meant' },
  unlockCode: { zh: '开出解锁码', en: 'gave out an unlock code' },
  openAudit: { zh: '查看终端审计', en: 'looked at the audit of a terminal' },
  giveUpFiles: { zh: '放弃丢失的文件', en: 'gave up lost files' },
  filesBack: { zh: '放弃过的文件又齐了', en: 'files that were given up are back' },
  lookIntoChain: { zh: '核查终端审计', en: 'noted what is behind an odd audit' },
};

/** Before their number. */
export const OTHER_COPIES: LocalizedText = {
  zh: '存档盘里有数据库副本，里面有平台现在没有的东西：平台多半是从较早的备份恢复的。这些副本已改名放到一边（名字以 .other 结尾），没有删。请不要删，告诉维护的人；怎么办见平台手册「存档盘」。份数：',
  en: 'In the archive lie copies of the database that hold what the platform does not know: most likely it came back from an older backup. They were set aside (their names end with .other) and not deleted. Do not delete them, tell whoever maintains the platform; the manual says what to do, The disk of the archive. How many:',
};

/** Why archiving fails, and what to do. */
export const ARCHIVE_TROUBLES: Words<ArchiveTrouble> = {
  notMounted: {
    zh: '存档盘没有挂上。请接好、挂上原来的盘，不用别的操作，它自己接着存。',
    en: 'The disk of the archive is not mounted. Connect and mount it; the rest goes by itself.',
  },
  otherDisk: {
    zh: '挂上的不是原来的存档盘，什么也没有写进去。请换回原来的；要用新盘，见平台手册「存档盘」。',
    en: 'Another disk is mounted than before; nothing was written to it. Put the right one back; for a new one see the manual, The disk of the archive.',
  },
  noRoom: {
    zh: '存档盘放不下了。请换大一些的盘，或者清出地方；存档里的文件不要删。',
    en: 'The disk of the archive has no room. Take a larger one, or make room; never delete what is in the archive.',
  },
  diskFails: {
    zh: '读写存档盘出错，或者没有权限。请查平台日志、存档盘和存档文件夹的权限。',
    en: 'The disk of the archive gives errors, or may not be written to. See the log, the disk, and the rights of the folder.',
  },
  damaged: {
    zh: '存档里有一份坏了，不算存好：坏的文件已放到一边，坏的数据库副本已丢掉，下一次重新存。一直这样的话，平台自己的那份或者硬盘坏了：请看平台日志。',
    en: 'A copy in the archive was damaged, and does not count: a file was set aside, a copy of the database thrown away; the next pass copies anew. If it stays so, the platform’s own one or a disk is damaged: see the log.',
  },
  dataNoRoom: {
    zh: '平台放数据的硬盘满了，不是存档盘：可能已经不能收件。请马上给它清出地方，或者换大一些的盘；平台数据文件夹里的文件不要删。',
    en: 'The disk of the platform’s own data is full, not that of the archive: it may receive nothing any more. Make room on it at once, or take a larger one; never delete what is in the data folder.',
  },
  dataFails: {
    zh: '平台读写自己的数据出错，不是存档盘：硬盘出错、没有权限，或者数据坏了，可能已经不能收件。请马上看平台日志，查放数据的硬盘和文件夹的权限，并告诉维护的人。',
    en: 'The platform cannot read or write its own data, which is not the archive: the disk gives errors, may not be written to, or the data is damaged; it may receive nothing any more. See the log, the disk of the data and the rights of the folder at once, and tell whoever maintains it.',
  },
  filesLost: {
    zh: '平台自己的数据里少了、坏了或者读不出来一些已收到的文件，不是存档盘（硬盘坏、误删，或者恢复时没有放全）。平台正在向终端要回：终端那里还有的，联网后自己重新交来，交齐了就接着存。过了一天还是这样，是终端那里也没有了：请看平台日志，从存档、备份里找回这些文件放进平台数据文件夹，并告诉维护的人。哪里都找不回的，由运维员在这一页逐件放弃。',
    en: 'Of the platform’s own data, which is not the archive, files that it had received are gone, damaged or cannot be read (a disk fails, somebody deleted them, or a restore was not whole). It asks the terminals for them: those that still have them hand them in again by themselves once they are online, and archiving goes on. If it is still so after a day, no terminal has them: see the log, put the files back from the archive or a backup, and tell whoever maintains it. What is nowhere any more an operator gives up on this page, one by one.',
  },
  hangs: {
    zh: '这一次存档从那时起没有动静，也不报错：多半是存档盘不应答（网络盘断开、硬盘快坏）。请查存档盘和它的连线、网络；盘好了它自己接着存，仍不动就重启平台的机器。数据库特别大、硬盘慢的，也可能只是还没做完。',
    en: 'The pass that runs has not moved on since then, and gives no error: most likely the disk of the archive does not answer (a network disk is away, a disk dies). See to the disk, its cable or network. Once it answers the pass goes on; if it does not, restart the machine of the platform. With a very large database on a slow disk it may only not be done yet.',
  },
  other: {
    zh: '原因见平台日志，请交给维护的人看。',
    en: 'The log of the platform says why; show it to whoever maintains it.',
  },
};
