/** Words on sending photographs from a phone, in Chinese. */
export const zhPhone = {
  open: '用手机拍照传过来',
  title: '用手机拍照传过来',
  steps: {
    scan: '用手机的「扫一扫」，扫下面的码。',
    take: '在手机上拍材料，一张拍一页。',
    look: '拍好后，看这块屏幕上有没有出来。',
  },
  code: '给手机扫的二维码',
  opening: '正在准备二维码，请稍等…',
  waiting: '等手机来扫。二维码十分钟内有效，只给一部手机用。',
  connected: '手机连上了。请在手机上拍照。',
  got: '已经收到 {{n}} 张。',
  unreadable: '有 {{n}} 张打不开，请在手机上重新拍。',
  done: '手机上的都收到了。',
  expired: '二维码过期了。请再打开一个。',
  failed: '现在连不上平台，手机传不了。请用扫描，或者过一会儿再试。',
  again: '再打开一个二维码',
  close: '好了，关掉',
  safe: '照片在手机上加密，只有这台机器能打开，办完就删。',
};

/** What every language must have of these. */
export type PhoneMessages = typeof zhPhone;
