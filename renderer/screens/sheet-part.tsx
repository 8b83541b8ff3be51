import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { ReceiptView } from '../../main/contract/session-view.ts';
import { isAway } from '../devices.ts';
import { Button } from '../parts/button.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { useAct, usePageState, useWords } from '../use-page.ts';

/** The summary on A4, where there is a printer for it. Nothing of the receipt waits for it. */
export function SheetPart({ sheet }: { readonly sheet: ReceiptView['sheet'] }) {
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const act = useAct();
  if (sheet === null || terminal === null) return null;
  const printer = terminal.devices.documentPrinter;
  const button = (word: 'print' | 'again') => (
    <Button onPress={() => act((core) => core.receipt.printSheet())}>
      <Glyph name="printer" />
      {t(`sheet.${word}`)}
    </Button>
  );
  const cause = sheet.fault === undefined ? null : <p>{text(FAULTS[sheet.fault.code].message)}</p>;
  return (
    <section className="chapter" data-sheet={sheet.state}>
      <h2>{t('sheet.title')}</h2>
      {sheet.state === 'printing' ? (
        <Notice kind="info" live title={t('sheet.printing')}>
          <p>{t('sheet.printingHow')}</p>
        </Notice>
      ) : null}
      {sheet.state === 'printed' ? (
        <Notice kind="good" live title={t('sheet.printed')}>
          <p>{t('sheet.printedHow')}</p>
        </Notice>
      ) : null}
      {sheet.state === 'failed' || sheet.state === 'unknown' ? (
        <Notice kind="warn" live title={t(`sheet.${sheet.state}`)}>
          {cause}
          <p>{t(`sheet.${sheet.state}How`)}</p>
        </Notice>
      ) : null}
      {sheet.state === 'none' && isAway(printer) ? (
        <Notice kind="info" live title={t('sheet.away')}>
          {printer.fault === undefined ? null : <p>{text(FAULTS[printer.fault.code].message)}</p>}
          <p>{t('sheet.awayHow')}</p>
        </Notice>
      ) : null}
      {sheet.state === 'none' && !isAway(printer) ? (
        <>
          <p>{t('sheet.offer')}</p>
          {button('print')}
        </>
      ) : null}
      {(sheet.state === 'failed' || sheet.state === 'unknown') && !isAway(printer)
        ? button('again')
        : null}
    </section>
  );
}
