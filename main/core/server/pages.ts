function page(zh: { title: string; text: string }, en: { title: string; text: string }): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>${zh.title} ${en.title}</title></head>
<body><main><h1>${zh.title}</h1><p>${zh.text}</p>
<h2 lang="en">${en.title}</h2><p lang="en">${en.text}</p></main></body></html>
`;
}

/** For who comes without a cookie: what to do, never how to get in. */
export const NOT_ENTERED = page(
  {
    title: '请从终端窗口进入',
    text: '这个页面只在自助终端的窗口里打开。技术员可以重新启动终端，或用管理命令取一个新的进入地址。',
  },
  {
    title: 'Please enter from the terminal’s own window',
    text: 'This page opens only in the window of the terminal. A technician can restart the terminal, or ask for a new entry address over the admin socket.',
  },
);

/** For a used or wrong token. */
export const TOKEN_USED = page(
  { title: '这个进入地址已经用过了', text: '每个地址只能用一次。请重新启动终端窗口。' },
  {
    title: 'This entry address was used already',
    text: 'Every address works once. Please restart the terminal window.',
  },
);

/** While the page has not been built. */
export const NOT_BUILT = page(
  { title: '页面还没有生成', text: '请在程序目录运行 npm run build，然后刷新。' },
  {
    title: 'The page is not built yet',
    text: 'Run npm run build in the program folder, then reload.',
  },
);

/** For addresses that are not there. */
export const NOT_FOUND = page(
  { title: '没有这个页面', text: '请回到首页。' },
  { title: 'There is no such page', text: 'Please go back to the start.' },
);
