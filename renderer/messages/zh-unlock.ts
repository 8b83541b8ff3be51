/** Words of unlocking a PIN by a code of the platform. */
export const zhUnlock = {
  title: '口令锁住了',
  until: '输错太多次，锁到 {{until}}。可以等，也可以用解锁码马上解开。',
  how: '打电话给区县平台的运维人员，把下面两个号报给他，再输入他给的 8 位解锁码。',
  terminal: '终端编号',
  challenge: '对码',
  code: '请输入解锁码',
  unlock: '解锁',
  otherWay: '返回输入口令',
  done: '解开了，请输入口令。',
  wrong: '解锁码不对，请和对方核对两个号，再试一次。',
  tooSoon: '请等 {{seconds}} 秒再试。',
};
