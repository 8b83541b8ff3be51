/** Words of giving a paper with the social security card. */
export const zhSecurityCard = {
  how: '带了社保卡？插卡就行，不用扫描',
  howIn: '把您本人的社保卡插进社保卡读卡口，芯片朝前、朝上。已经插着的，请拔出来再插一次。',
  reading: '正在读社保卡，请不要拔…',
  failed: '社保卡没有读成',
  other: '这张社保卡不是您本人的，没有用它',
  otherNext: '请插您自己的社保卡，或者扫描。',
  read: '社保卡读好了，是您本人的号码。可以拔出来了',
  readNote: '卡里的号码、姓名、有效期会随申请一起加密送出，由工作人员核对。',
  drop: '不用这张卡，改为扫描',
  away: '社保卡读卡器现在用不了，请扫描。',
  leftBehind: '社保卡还插在读卡口里，请拔走',
  leftBehindOther: 'Your social security card is still in its reader. Please take it',
};

/** The shape that other languages must have. */
export type SecurityCardMessages = typeof zhSecurityCard;
