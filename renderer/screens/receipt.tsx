import { useEffect, useRef, useState } from 'react';
import { FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import { mayPrintAgain, type TicketFate } from '../../domain/receipt/ticket.ts';
import { groupReceiptNumber } from '../../domain/receipt/number.ts';
import type { ReceiptView } from '../../main/contract/session-view.ts';
import { Button } from '../parts/button.tsx';
import { Frame } from '../parts/frame.tsx';
import { SERVICE_LINE } from '../parts/help-dialog.tsx';
import { Glyph } from '../parts/icons.tsx';
import { limitWords } from '../parts/limit-words.ts';
import { Notice } from '../parts/notice.tsx';
import { ReceiptPicture } from '../parts/pictures.tsx';
import { QrCode } from '../parts/qr-code.tsx';
import { isGone } from '../devices.ts';
import { openedService } from '../page-state.ts';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';
import { SheetPart } from './sheet-part.tsx';
import { dateTimeText } from '../text-forms.ts';

/** Longer than a print can take: after that nobody is held here, whatever became of it. */
const PRINT_MS = 45_000;

const DELIVERY_KINDS = { received: 'good', waiting: 'info', held: 'warn' } as const;

/** While a receipt is printed one waits for it: who goes would never hear that it did not come out. */
function useWaits(printing: boolean): boolean {
  const [over, setOver] = useState(false);
  useEffect(() => {
    if (!printing) return undefined;
    const timer = setTimeout(() => setOver(true), PRINT_MS);
    return () => {
      clearTimeout(timer);
      setOver(false);
    };
  }, [printing]);
  return printing && !over;
}

/** It is stored: the number, the code, and the truth about paper and delivery. */
export function ReceiptScreen() {
  const { t, text, locale } = useWords();
  const { receipt, applicant } = useSession();
  const state = usePageState();
  const act = useAct();
  const service =
    openedService(state) ?? state.catalogue?.services.find(({ id }) => id === receipt?.serviceId);
  const phone = service?.contacts.consult ?? SERVICE_LINE;
  const held = receipt?.delivery === 'held';
  const print = receipt === null ? '' : `${receipt.print.state} ${receipt.print.ticket ?? ''}`;
  const news = `${print} ${held}`;
  const outcome = useRef<HTMLDivElement>(null);
  const shown = useRef(news);
  useEffect(() => {
    // who has scrolled down must see up here what came of it
    if (shown.current !== news) outcome.current?.scrollIntoView({ block: 'start' });
    shown.current = news;
  }, [news]);
  const waits = useWaits(receipt?.print.state === 'printing');
  if (receipt === null) return null;
  return (
    <Frame
      screen="receipt"
      title={t('receipt.title')}
      aside={t(`receipt.${receipt.delivery}`)}
      onBack={null}
      canEnd={false}
      next={{
        label: waits ? t('receipt.finishWaits') : t(held ? 'receipt.finishHeld' : 'receipt.finish'),
        busy: waits,
        onPress: () => act((core) => core.session.end()),
      }}
    >
      <div ref={outcome} className="stack">
        {/* before all else: the paper in the hand may still say that it goes by itself */}
        {held ? <DeliveryNotice delivery="held" /> : null}
        <PrintState receipt={receipt} />
        {!mayPrintAgain(receipt.print.state, receipt.print.ticket, receipt.paperOutdated) ? null : (
          // right below what it is about: nobody looks for it further down
          <Button onPress={() => act((core) => core.receipt.print())}>
            <Glyph name="printer" />
            {t(printWords(receipt))}
          </Button>
        )}
      </div>
      <section className="ticket">
        <dl className="ticket-number">
          <dt>{t('receipt.number')}</dt>
          <dd className="number">{groupReceiptNumber(receipt.receiptNumber)}</dd>
        </dl>
        <div className="ticket-code">
          <QrCode text={receipt.qr} label={t('receipt.qr')} />
          {/* of what is held the page behind it says that it is sent by itself */}
          <p>{t(held ? 'receipt.qrHeld' : 'receipt.qrHow')}</p>
        </div>
        <dl>
          <dt>{t('receipt.service')}</dt>
          <dd>{service === undefined ? receipt.serviceId : text(service.name)}</dd>
          {receipt.maskedName === null ? null : (
            <>
              <dt>{t('receipt.person')}</dt>
              <dd>{receipt.maskedName}</dd>
            </>
          )}
          <dt>{t('receipt.at')}</dt>
          <dd>{dateTimeText(receipt.submittedAt, locale)}</dd>
        </dl>
      </section>
      {held ? null : <DeliveryNotice delivery={receipt.delivery} />}
      {/* whoever answers there cannot find what has not come to the platform */}
      {held ? null : (
        <section className="chapter">
          <h2>{t('receipt.next')}</h2>
          <p>
            {service === undefined || service.promisedLimit.unit === 'immediate'
              ? t('receipt.nextImmediate')
              : t('receipt.nextPromised', { limit: limitWords(t, service.promisedLimit) })}
          </p>
          <p>{t('receipt.nextAsk', { phone })}</p>
        </section>
      )}
      <SheetPart sheet={receipt.sheet} />
      <div className="pair">
        {applicant === null ? null : (
          <Button busy={waits} onPress={() => act((core) => core.session.another())}>
            <Glyph name="plus" />
            {t('receipt.another')}
          </Button>
        )}
      </div>
    </Frame>
  );
}

function printWords({ print, paperOutdated }: ReceiptView) {
  if (print.state === 'none') return 'receipt.print';
  return paperOutdated === true ? 'receipt.anew' : 'receipt.again';
}

function DeliveryNotice({ delivery }: Pick<ReceiptView, 'delivery'>) {
  const { t } = useWords();
  return (
    <Notice kind={DELIVERY_KINDS[delivery]} title={t(`receipt.${delivery}`)} live>
      <p>{t(`receipt.${delivery}Text`)}</p>
    </Notice>
  );
}

/** What stops a receipt that is in the printer whole: many print it on once that is put right. */
const STOPPING: readonly FaultCode[] = ['printer.paperOut', 'printer.coverOpen', 'printer.jam'];

/** Never more than is known: an unconfirmed print is not called printed. */
function PrintState({ receipt }: { readonly receipt: ReceiptView }) {
  const { t, text } = useWords();
  const { state, fault } = receipt.print;
  const cause =
    fault === undefined ? null : (
      <p>{isGone(fault) ? t('receipt.printerAway') : text(FAULTS[fault.code].message)}</p>
    );
  // of what is held not even that is known: a file of it may be what is damaged
  const safe = receipt.delivery === 'held' ? null : <p>{t('receipt.safe')}</p>;
  switch (state) {
    case 'printing':
      return <Notice kind="info" live title={t('receipt.printing')} />;
    case 'printed':
      return <Printed ticket={receipt.print.ticket} />;
    case 'failed':
      return (
        <Notice kind="warn" live title={t('receipt.failed')}>
          {safe}
          {cause}
          <p>{t('receipt.failedHow')}</p>
        </Notice>
      );
    case 'unknown':
      if (fault !== undefined && STOPPING.includes(fault.code)) {
        return (
          <Notice kind="warn" live title={t('receipt.stopped')}>
            {safe}
            {cause}
            <p>{t('receipt.stoppedHow')}</p>
          </Notice>
        );
      }
      return (
        <Notice kind="warn" live title={t('receipt.unknown')}>
          {safe}
          {fault?.code === 'printer.cutter' ? cause : <p>{t('receipt.unknownHow')}</p>}
        </Notice>
      );
    case 'none':
      return <Notice kind="info" live title={t('receipt.none')} />;
  }
}

/** Where the paper is now, as far as the printer sees it. */
function Printed({ ticket }: { readonly ticket: TicketFate | undefined }) {
  const { t } = useWords();
  switch (ticket) {
    case 'waiting':
    case 'left':
      return (
        <Notice kind="info" live title={t(`ticket.${ticket}`)}>
          <p>{t(`ticket.${ticket}How`)}</p>
          <ReceiptPicture />
        </Notice>
      );
    case 'retracted':
      return (
        <Notice kind="warn" live title={t('ticket.retracted')}>
          <p>{t('ticket.retractedHow')}</p>
        </Notice>
      );
    case 'taken':
      return <Notice kind="good" live title={t('ticket.taken')} />;
    default:
      return <Notice kind="good" live title={t('receipt.printed')} />;
  }
}
