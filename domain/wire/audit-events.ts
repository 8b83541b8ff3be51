import type { LocalizedText } from '../text.ts';

/** Every event that a terminal's audit knows, with what it says to people. */
export const AUDIT_EVENTS = {
  coreStarted: { zh: '程序启动', en: 'The core opened its index.' },
  coreStopped: { zh: '程序正常停止', en: 'The core closed its index in good order.' },
  terminalEnrolled: {
    zh: '终端已登记（编号和代次）',
    en: 'The platform took the one-time code; detail: terminal id and generation.',
  },
  enrolmentRefused: { zh: '登记码被平台拒绝', en: 'The platform refused the one-time code.' },
  bundleAdopted: {
    zh: '启用新的签名数据包（种类和版本）',
    en: 'A signed bundle came into force; detail: kind and version.',
  },
  bundleRefused: {
    zh: '数据包被拒绝，沿用旧的（种类和原因）',
    en: 'A bundle was refused and the old one kept; detail: kind and reason.',
  },
  itemStored: {
    zh: '办件已存好，等待上传',
    en: 'An item became durable on this terminal (queued).',
  },
  attemptBegun: { zh: '开始上传', en: 'Sending an item began (sending).' },
  attemptFailed: {
    zh: '上传没有成功，稍后再试（原因）',
    en: 'Sending did not end with the one answer that counts (retry); detail: reason.',
  },
  itemReceived: {
    zh: '平台已收到',
    en: 'The platform said that the item is durable there (received).',
  },
  itemArchived: {
    zh: '平台已备份',
    en: 'The platform said that the item lies in a verified backup (archived).',
  },
  itemHeld: {
    zh: '平台不收，或本机文件缺失、损坏，留待人工处理（原因）',
    en: 'The platform refused the item for good, or files here are missing or damaged; kept for a person (held); detail: reason.',
  },
  itemForgotten: {
    zh: '平台上已没有这件，重新上传',
    en: 'The platform no longer had a received item; it is sent again (queued).',
  },
  itemReleased: {
    zh: '人工放行，重新上传',
    en: 'A person sent a held item on its way again (queued).',
  },
  itemsExported: {
    zh: '待上传的办件已加密拷出（件数）',
    en: 'Waiting items were copied, sealed, to a folder for the platform; detail: how many.',
  },
  ciphertextDeleted: {
    zh: '已备份办件的密封文件已删除',
    en: 'The sealed files of an archived item were deleted.',
  },
  caseStateLearnt: {
    zh: '得知办件状态（状态）',
    en: 'The feed told the state of a case; detail: the state.',
  },
  strayFilesSwept: {
    zh: '清掉没有登记的残留文件（个数）',
    en: 'Sealed files that no item names were deleted; detail: how many.',
  },
  filesSetAside: {
    zh: '没有登记的密封件另存待查（个数）',
    en: 'Envelopes that the index does not know were kept aside for a person; detail: how many.',
  },
  indexRebuilt: {
    zh: '索引已从密封件重建（件数）',
    en: 'A lost or broken index was made anew from the envelopes; detail: how many items.',
  },
  itemRecovered: {
    zh: '办件已恢复，等待上传',
    en: 'An item came back into a rebuilt index (queued).',
  },
  checkpoint: {
    zh: '终端为以上记录签名',
    en: 'The terminal signed the chain up to here; detail: the signature.',
  },
  auditPruned: {
    zh: '平台已备份的旧记录已清理（末条编号）',
    en: 'Old events that the platform has in a verified backup were removed; detail: number and hash of the last one.',
  },
  clockDoubted: {
    zh: '时钟不准，停止收新件',
    en: 'The clock was found wrong and new items were refused.',
  },
  clockConfirmed: {
    zh: '技术员说时钟现在是对的（在哪里说的，不再作数的较晚时间）',
    en: 'A technician said that the clock is right now; detail: where, and the later time that counts no longer.',
  },
  clockTrusted: { zh: '时钟恢复正常', en: 'The clock was found right again.' },
  receiptPrinted: {
    zh: '回执已打印',
    en: 'A receipt was printed, by the printer’s own word.',
  },
  receiptPrintFailed: {
    zh: '回执没有打印出来（故障代码）',
    en: 'A receipt was not printed; detail: fault code.',
  },
  receiptPrintUnknown: {
    zh: '回执是否打出不清楚（故障代码）',
    en: 'Whether a receipt was printed is not known; detail: fault code.',
  },
  receiptTaken: { zh: '回执已取走', en: 'A printed receipt was taken from the outlet.' },
  receiptLeft: {
    zh: '回执久未取走，打印机收不回',
    en: 'A printed receipt hung in the outlet for too long, and the printer cannot draw it in.',
  },
  receiptRetracted: {
    zh: '回执没人取，已收回',
    en: 'A printed receipt that nobody took was drawn in by the printer.',
  },
  summaryPrinted: {
    zh: '申报摘要已打印（A4）',
    en: 'The summary of an application was printed on A4, by the printer’s own word.',
  },
  summaryPrintFailed: {
    zh: '申报摘要没有打印出来（故障代码）',
    en: 'A summary was not printed; detail: fault code.',
  },
  summaryPrintUnknown: {
    zh: '申报摘要是否打出不清楚（故障代码）',
    en: 'Whether a summary was printed is not known; detail: fault code.',
  },
  sessionBegun: { zh: '有人开始使用', en: 'A session began.' },
  sessionEnded: { zh: '使用结束（怎样结束）', en: 'A session ended; detail: how.' },
  cardRead: { zh: '读了一张证', en: 'A card was read in a session.' },
  serviceEntered: {
    zh: '工作人员或技术员凭口令进入（岗位）',
    en: 'Staff or a technician came in by PIN; detail: the role.',
  },
  serviceRefused: {
    zh: '口令或解锁码不对，或口令已锁（岗位和哪一种）',
    en: 'A PIN or an unlock code was wrong, or the PIN locked; detail: the role and which.',
  },
  pinUnlocked: {
    zh: '被锁的口令已用解锁码解开（岗位）',
    en: 'A locked PIN was unlocked by a code of the platform; detail: the role.',
  },
  serviceLeft: { zh: '离开维护页（岗位）', en: 'The service page was left; detail: the role.' },
  deviceTested: {
    zh: '测试了设备（设备和结果）',
    en: 'A device was tested; detail: the device and how it ended.',
  },
  devicesChanged: {
    zh: '技术员改了设备设置（新版本和内容）',
    en: 'A technician changed the devices layer; detail: its new version and what was done.',
  },
  cabinetOpened: { zh: '机柜门打开', en: 'The door of the cabinet was opened.' },
  cabinetClosed: { zh: '机柜门关上', en: 'The door of the cabinet was closed.' },
  mainsLost: { zh: '断电，改用电池', en: 'The terminal runs on its battery.' },
  mainsBack: { zh: '恢复供电', en: 'The mains is back.' },
  batteryLow: { zh: '电池快没电了', en: 'The battery is nearly empty.' },
  helpCalled: { zh: '有人呼叫工作人员', en: 'Somebody at the terminal called the staff.' },
  helpCleared: { zh: '工作人员已到场', en: 'Staff said that they had come.' },
  receiptCancelled: {
    zh: '回执已作废（回执号）',
    en: 'Staff marked a printed receipt as void; detail: its number.',
  },
  receiptChecked: {
    zh: '验了一张回执（签名情况）',
    en: 'A receipt was held before the code scanner; detail: how its signature stands.',
  },
  receiptReprinted: {
    zh: '工作人员补打了回执（结果）',
    en: 'Staff had a receipt printed again; detail: how it ended.',
  },
} as const satisfies Record<string, LocalizedText>;

/** The name of an audit event. */
export type AuditEventName = keyof typeof AUDIT_EVENTS;
