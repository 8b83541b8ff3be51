/** Words on what a code is that is held before the scanner. */
export const zhCode = {
  offer: '有回执？把回执上的二维码对准扫码口，可以查到哪一步了。',
  title: '您扫的码',
  look: '扫回执的码',
  waiting: '请把回执的码对着扫码口',
  waitingHow: '扫码口亮了。把码放平，离扫码口一拃远，听到“嘀”声就好。',
  stop: '不扫了',
  notSeen: '没有看到码',
  notSeenHow: '扫码口已经关了。要再扫，请再点一次“扫回执的码”。',
  checking: '正在查，请稍等…',
  unknown: '这不是回执的二维码',
  unknownHow: '请扫本系统回执上的二维码。要办别的事，请点屏幕上的事项。',
  unreadable: '没有扫清楚',
  unreadableHow: '请把码放平，离扫码口近一点，再扫一次。',
  signature: {
    valid: '这张回执是真的',
    revokedKey: '回执是真的，但是出回执的终端已经停用',
    invalid: '这张回执核对不上',
    unknownKey: '认不出这张回执',
  },
  signatureHow: {
    revokedKey: '请拿着回执到服务台核对。',
    invalid: '回执上的签名不对。请拿着回执到服务台核对。',
    unknownKey: '可能是别的地方的终端出的。请拿着回执到服务台核对。',
  },
  item: {
    arrived: '平台已经收到申请',
    notYetArrived: '申请已提交，还没有传到平台',
    held: '申请已提交，要工作人员处理',
    differs: '和平台收到的内容对不上',
    unknown: '现在不知道平台收到没有',
  },
  itemHow: {
    arrived: '收到不等于受理。要看详情，请本人带身份证来查。',
    notYetArrived: '出回执的终端连上网，一般会自动上传，先不用再办。过几天还这样，请到服务台问。',
    held: '现在不会自动上传。请拿着回执到服务台问。',
    differs: '请拿着回执到服务台核对。',
    unknown: '请拿着回执到服务台问，或者过一会儿再扫。',
  },
  caseState: '办到哪一步',
  offline: '现在没有连上平台，只核对了签名。',
};

/** The shape that other languages must have. */
export type CodeMessages = typeof zhCode;
