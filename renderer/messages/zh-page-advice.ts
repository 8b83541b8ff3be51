/** Words on what may be wrong with a page, in Chinese. */
export const zhPageAdvice = {
  blurred: '有点模糊，字可能看不清。',
  tooDark: '太暗了，字可能看不清。',
  glare: '有反光，有的字被盖住了。',
  cutCorner: '有一个角没有照全。',
  finger: '好像有手指挡住了纸边。',
  blank: '这一页是空白的。',
  duplicate: '这一页好像已经有了，是不是放了两次？',
  skewed: '没有摆正，请看看字是不是都在。',
  upsideDownUnsure: '可能放倒了，请看一看。',
  aside: '这一页是空白的，先放在一边，不会交上去。',
  again: '重新扫描',
  againPhoto: '删掉重拍',
  againNamed: '重新扫描「{{name}}」第 {{n}} 页',
  againPhotoNamed: '删掉「{{name}}」第 {{n}} 页，重新拍',
  keep: '就用这张',
  keepNamed: '就用「{{name}}」第 {{n}} 页，不用再换',
  keepAside: '这一页也要交',
  keepAsideNamed: '「{{name}}」第 {{n}} 页也要交',
};

/** What every language must have of it. */
export type PageAdviceMessages = typeof zhPageAdvice;
