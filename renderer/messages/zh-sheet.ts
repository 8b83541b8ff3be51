/** Words on the summary of an application on A4. */
export const zhSheet = {
  title: '打印申请内容',
  offer: '可以把您填的内容打印在 A4 纸上，自己留着。离开这一页以后就不能再打了。',
  print: '打印申请内容',
  again: '再打印一次申请内容',
  printing: '正在打印申请内容…',
  printingHow: '请等它打完。离开这一页，打印就取消。',
  printed: '打印机说打好了，请从 A4 打印机拿走',
  printedHow: '纸上有您的个人信息，请不要落下。',
  failed: '申请内容没有打印出来',
  failedHow: '申请和回执不受影响。',
  unknown: '不能确定打印了没有，请看一看 A4 打印机',
  unknownHow: '有纸就请拿走，纸上有您的个人信息。申请和回执不受影响。',
  away: 'A4 打印机现在用不了',
  awayHow: '申请和回执不受影响。要纸质的申请内容，请到服务台问。',
};

/** The shape that other languages must have. */
export type SheetMessages = typeof zhSheet;
