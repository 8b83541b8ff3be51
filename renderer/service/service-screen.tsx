import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { ServiceDeviceView, ServiceView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { Header } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText, groupedNumber } from '../text-forms.ts';
import { FaultSteps } from './fault-steps.tsx';
import { RemoveButton, SetupPart } from './setup-part.tsx';
import { useAct, usePageState, useWords } from '../use-page.ts';

/** What staff and technicians see and do: devices with their state and test, today's items. */
export function ServiceScreen({ view }: { readonly view: ServiceView }) {
  const { t } = useWords();
  const act = useAct();
  const technician = view.role === 'technician';
  return (
    <div className="screen service" data-step="service" data-role={view.role}>
      <Header />
      <main className="main" tabIndex={0}>
        <div className="title">
          <h1>{t(technician ? 'service.titleTechnician' : 'service.title')}</h1>
        </div>
        <Button look="primary" onPress={() => act((core) => core.service.leave())}>
          {t('service.leave')}
        </Button>
        <Problems view={view} />
        <h2>{t('service.devices')}</h2>
        {view.devices.map((device) => (
          <Device key={device.device} view={device} technician={technician} />
        ))}
        {technician && view.hostRestarts > 0 ? (
          <p>{t('service.restarts', { count: view.hostRestarts })}</p>
        ) : null}
        {view.setup === null ? null : <SetupPart setup={view.setup} />}
        <Items view={view} />
      </main>
    </div>
  );
}

function Problems({ view }: { readonly view: ServiceView }) {
  const { t } = useWords();
  if (view.problems.length === 0) return <Notice kind="good" title={t('service.noProblems')} />;
  return (
    <Notice kind="warn" title={t('service.problems')}>
      <ul>
        {view.problems.map((code) => (
          <li key={code}>
            {t(`service.problem.${code}`)}
            <br />
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </Notice>
  );
}

function Device(props: { readonly view: ServiceDeviceView; readonly technician: boolean }) {
  const { t, text, locale } = useWords();
  const { device, status, connection, vendorCode, lastTest } = props.view;
  const works = status.state === 'online' || status.state === 'deviceBusy';
  const good = works && status.fault === undefined;
  return (
    <section className="chapter service-device" data-device={device} data-good={good}>
      <h3>{text(DEVICE_NAMES[device])}</h3>
      <p className={good ? 'service-good' : 'service-bad'}>
        {t(`service.state.${status.state}`)}
        {status.paper === undefined ? '' : ` · ${t(`service.paper.${status.paper}`)}`}
      </p>
      {status.fault === undefined ? null : (
        <FaultSteps code={status.fault.code} role={props.technician ? 'technician' : 'staff'} />
      )}
      {props.technician && connection !== null ? (
        <p className="service-small">{t('service.connection', { where: connection })}</p>
      ) : null}
      {props.technician && vendorCode !== null ? (
        <p className="service-small">{t('service.vendorCode', { code: vendorCode })}</p>
      ) : null}
      <p className="service-small">
        {lastTest === null
          ? t('service.lastTest.never')
          : t(`service.lastTest.${lastTest.result}`, { at: dateTimeText(lastTest.at, locale) })}
      </p>
      {connection === null ? null : <DeviceTest view={props.view} />}
      {props.technician && connection !== null ? <RemoveButton device={device} /> : null}
    </section>
  );
}

function DeviceTest({ view: { device, test } }: { readonly view: ServiceDeviceView }) {
  const { t, text } = useWords();
  const act = useAct();
  if (test.state === 'running')
    return <Notice kind="info" live title={t(`service.testing.${device}`)} />;
  if (test.state === 'ask') {
    const confirm = (worked: boolean): void =>
      act((core) => core.service.confirm({ device, worked }));
    return (
      <Notice kind="warn" live title={askWords(t, device, test)}>
        <div className="pair">
          <Button onPress={() => confirm(true)}>{t('service.yes')}</Button>
          <Button look="danger" onPress={() => confirm(false)}>
            {t('service.no')}
          </Button>
        </div>
      </Notice>
    );
  }
  return (
    <>
      {test.state === 'none' ? null : (
        <Notice
          kind={test.state === 'passed' ? 'good' : 'bad'}
          live
          title={t(`service.${test.state}`)}
        >
          {test.fault === undefined ? null : <p>{text(FAULTS[test.fault.code].message)}</p>}
        </Notice>
      )}
      <Button onPress={() => act((core) => core.service.test({ device }))}>
        {t('service.test')}
      </Button>
    </>
  );
}

function askWords(
  t: ReturnType<typeof useWords>['t'],
  device: ServiceDeviceView['device'],
  test: ServiceDeviceView['test'],
): string {
  switch (device) {
    case 'idCard':
      return t('service.ask.idCard', { name: test.maskedName ?? '' });
    case 'securityCard':
      return t('service.ask.securityCard', { name: test.maskedName ?? '' });
    case 'receiptPrinter':
      return t(
        test.fault === undefined
          ? 'service.ask.receiptPrinter'
          : 'service.ask.receiptPrinterUnknown',
      );
    case 'documentScanner':
      return t('service.ask.documentScanner', { kilobytes: Math.round((test.bytes ?? 0) / 1024) });
    case 'codeScanner':
      return t('service.ask.codeScanner', { n: test.characters ?? 0 });
    case 'documentPrinter':
      return t(
        test.fault === undefined
          ? 'service.ask.documentPrinter'
          : 'service.ask.documentPrinterUnknown',
      );
    case 'terminalParts':
      return t('service.ask.terminalParts');
  }
}

const STATES = ['queued', 'sending', 'retry', 'received', 'archived', 'held'] as const;

function Items({ view }: { readonly view: ServiceView }) {
  const { t, text, locale } = useWords();
  const { catalogue } = usePageState();
  const act = useAct();
  return (
    <>
      <h2>{t('service.items')}</h2>
      {view.waiting === 0 ? null : <p>{t('service.waiting', { count: view.waiting })}</p>}
      {view.items.length === 0 ? <p>{t('service.noItems')}</p> : null}
      {view.items.map((item) => {
        const service = catalogue?.services.find(({ id }) => id === item.serviceId);
        const state = STATES.find((name) => name === item.state);
        return (
          <section key={item.receiptNumber} className="chapter" data-receipt={item.receiptNumber}>
            <h3>{service === undefined ? item.serviceId : text(service.name)}</h3>
            <p className="number">{groupedNumber(item.receiptNumber)}</p>
            <p>
              {dateTimeText(item.createdAt, locale)}
              {' · '}
              {state === undefined ? item.state : t(`service.itemState.${state}`)}
            </p>
            <Reprint view={view} receiptNumber={item.receiptNumber} />
            <Button
              busy={view.reprint?.state === 'printing'}
              onPress={() =>
                act((core) => core.service.reprint({ receiptNumber: item.receiptNumber }), 40_000)
              }
            >
              {t('service.reprint')}
            </Button>
          </section>
        );
      })}
    </>
  );
}

function Reprint(props: { readonly view: ServiceView; readonly receiptNumber: string }) {
  const { t, text } = useWords();
  const { reprint } = props.view;
  if (reprint === null || reprint.receiptNumber !== props.receiptNumber) return null;
  const cause =
    reprint.fault === undefined ? null : <p>{text(FAULTS[reprint.fault.code].message)}</p>;
  switch (reprint.state) {
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
