/** One sheet that says that it is a test, with rare characters. The font is heavy and loaded only for it. */
export async function testSheet(terminalId: string, at: string): Promise<Uint8Array> {
  const [{ summaryFont }, { PageWriter }] = await Promise.all([
    import('../../pdf/font.ts'),
    import('../../pdf/page-writer.ts'),
  ]);
  const writer = new PageWriter(summaryFont(), '打印测试 Printer test');
  writer.block('H1', '打印测试  Printer test', { size: 24 });
  writer.rule();
  writer.block('P', `终端 Terminal: ${terminalId === '' ? '—' : terminalId}`, { size: 12 });
  writer.block('P', `时间 Time: ${at}`, { size: 12 });
  writer.block('P', '汉字 䶮 𬱖 𰻝  ABC abc 0123456789', { size: 12 });
  writer.gap(20);
  writer.block('P', '这不是任何人的材料。  This paper belongs to nobody.', { size: 12 });
  return writer.finish();
}
