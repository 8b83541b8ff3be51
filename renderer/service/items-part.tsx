import { useState } from 'react';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { groupReceiptNumber } from '../../domain/receipt/number.ts';
import type { PrintView, ServiceView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText } from '../text-forms.ts';
import { useAct, usePageState, useWords } from '../use-page.ts';

/** Printing takes its time. */
const PRINT_DEADLINE_MS = 40_000;
const STATES = ['queued', 'sending', 'retry', 'received', 'archived', 'held'] as const;

type Item = ServiceView['items'][number];

/** Today's applications and those not delivered yet: receipts printed again, or void. Nothing of a person. */
export function ItemsPart({ view }: { readonly view: ServiceView }) {
  const { t } = useWords();
  const [asked, setAsked] = useState<string | null>(null);
  return (
    <>
      <h2>{t('service.items')}</h2>
      {view.waiting === 0 ? null : <p>{t('service.waiting', { count: view.waiting })}</p>}
      {view.items.length === 0 ? <p>{t('service.noItems')}</p> : null}
      {view.items.map((item) => (
        <ItemChapter
          key={item.receiptNumber}
          item={item}
          view={view}
          onCancel={() => setAsked(item.receiptNumber)}
        />
      ))}
      {asked === null ? null : (
        <CancelDialog receiptNumber={asked} onClose={() => setAsked(null)} />
      )}
    </>
  );
}

function ItemChapter(props: {
  readonly item: Item;
  readonly view: ServiceView;
  readonly onCancel: () => void;
}) {
  const { t, text, locale } = useWords();
  const { catalogue } = usePageState();
  const act = useAct();
  const { item, view } = props;
  const { receiptNumber, cancelledAt, reprintedAt } = item;
  const service = catalogue?.services.find(({ id }) => id === item.serviceId);
  const state = STATES.find((name) => name === item.state);
  return (
    <section className="chapter" data-receipt={receiptNumber}>
      <h3>{service === undefined ? item.serviceId : text(service.name)}</h3>
      <p className="number">{groupReceiptNumber(receiptNumber)}</p>
      <p>
        {dateTimeText(item.createdAt, locale)}
        {' · '}
        {state === undefined ? item.state : t(`service.itemState.${state}`)}
      </p>
      {item.ticket === null ? null : (
        <Notice
          kind={item.ticket === 'taken' ? 'good' : 'info'}
          title={t(`ticket.staff.${item.ticket}`)}
        />
      )}
      {cancelledAt === null ? null : (
        <Notice kind="warn">
          <p>{t('service.desk.cancelled', { at: dateTimeText(cancelledAt, locale) })}</p>
        </Notice>
      )}
      {reprintedAt === null ? null : (
        <p className="service-small">
          {t('service.desk.reprintedAt', { at: dateTimeText(reprintedAt, locale) })}
        </p>
      )}
      {view.reprint?.receiptNumber === receiptNumber ? <PrintNotice print={view.reprint} /> : null}
      <div className="pair">
        <Button
          busy={view.reprint?.state === 'printing'}
          onPress={() => act((core) => core.service.reprint({ receiptNumber }), PRINT_DEADLINE_MS)}
        >
          {t(
            cancelledAt !== null && reprintedAt === null
              ? 'service.desk.printNew'
              : 'service.reprint',
          )}
        </Button>
        {cancelledAt === null ? (
          <Button look="danger" onPress={props.onCancel}>
            {t('service.desk.cancel')}
          </Button>
        ) : null}
      </div>
    </section>
  );
}

/** Asks before a paper is void: it is in somebody's hand. */
function CancelDialog(props: { readonly receiptNumber: string; readonly onClose: () => void }) {
  const { t } = useWords();
  const act = useAct();
  const { receiptNumber, onClose } = props;
  return (
    <Dialog title={t('service.desk.cancelAsk')} onEscape={onClose} urgent>
      <p className="number">{groupReceiptNumber(receiptNumber)}</p>
      <p>{t('service.desk.cancelText')}</p>
      <div className="dialog-buttons">
        <Button look="primary" onPress={onClose}>
          {t('service.desk.cancelNo')}
        </Button>
        <Button
          look="danger"
          onPress={() => {
            onClose();
            act((core) => core.service.cancelReceipt({ receiptNumber }));
          }}
        >
          {t('service.desk.cancelYes')}
        </Button>
      </div>
    </Dialog>
  );
}

/** How many applications there were today, and where they are; can be printed. */
export function TodayPart({ view }: { readonly view: ServiceView }) {
  const { t, text } = useWords();
  const { catalogue } = usePageState();
  const act = useAct();
  const { today, sheetPrint } = view;
  const columns = ['received', 'waiting', 'held'] as const;
  const nameOf = (serviceId: string): string => {
    const service = catalogue?.services.find(({ id }) => id === serviceId);
    return service === undefined ? serviceId : text(service.name);
  };
  return (
    <>
      <h2>{t('service.desk.today')}</h2>
      {today.rows.length === 0 ? (
        <p>{t('service.desk.todayNone')}</p>
      ) : (
        <table className="today">
          <thead>
            <tr>
              <th scope="col">{t('service.desk.todayHead.service')}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`service.desk.todayHead.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {today.rows.map((row) => (
              <tr key={row.serviceId}>
                <th scope="row">{nameOf(row.serviceId)}</th>
                {columns.map((column) => (
                  <td key={column}>{row[column]}</td>
                ))}
              </tr>
            ))}
            <tr>
              <th scope="row">{t('service.desk.total')}</th>
              {columns.map((column) => (
                <td key={column}>{today.rows.reduce((sum, row) => sum + row[column], 0)}</td>
              ))}
            </tr>
          </tbody>
        </table>
      )}
      {sheetPrint === null ? null : <PrintNotice print={sheetPrint} />}
      <Button
        busy={sheetPrint?.state === 'printing'}
        onPress={() => act((core) => core.service.printSheet(), PRINT_DEADLINE_MS)}
      >
        {t('service.desk.printSheet')}
      </Button>
    </>
  );
}

function PrintNotice({ print }: { readonly print: PrintView }) {
  const { t, text } = useWords();
  const cause = print.fault === undefined ? null : <p>{text(FAULTS[print.fault.code].message)}</p>;
  switch (print.state) {
    case 'printing':
      return <Notice kind="info" live title={t('service.reprinting')} />;
    case 'printed':
      return <Notice kind="good" live title={t('service.reprinted')} />;
    case 'failed':
      return (
        <Notice kind="bad" live title={t('service.reprintFailed')}>
          {cause}
        </Notice>
      );
    case 'unknown':
      return <Notice kind="warn" live title={t('service.reprintUnknown')} />;
  }
}
