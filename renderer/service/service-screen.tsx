import { useEffect, useRef, useState, type ReactNode } from 'react';
import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { DeviceClass } from '../../domain/device/status.ts';
import type { ServiceDeviceView, ServiceView } from '../../main/contract/service-view.ts';
import { KEYBOARD_PLACE } from '../fields/text-field.tsx';
import { Button } from '../parts/button.tsx';
import { Header } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText, timeAtHall } from '../text-forms.ts';
import { DeviceEditor } from './device-editor.tsx';
import { FaultSteps } from './fault-steps.tsx';
import { ItemsPart, TodayPart } from './items-part.tsx';
import { PaperGuide, type Guide } from './paper-guide.tsx';
import { RemoveButton, SetupPart } from './setup-part.tsx';
import { useAct, usePageState, useWords } from '../use-page.ts';

/** What is on the screen instead of everything. */
type Aside =
  | { readonly is: 'guide'; readonly guide: Guide }
  | { readonly is: 'edit'; readonly device: DeviceClass };

/** What staff and technicians see and do: devices with their state and test, today's items. */
export function ServiceScreen({ view }: { readonly view: ServiceView }) {
  const [aside, setAside] = useState<Aside | null>(null);
  const [typing, setTyping] = useState<string | null>(null);
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    main.current?.scrollTo(0, 0);
  }, [aside]);
  const back = (): void => {
    setTyping(null);
    setAside(null);
  };
  const printer = view.devices.find(({ device }) => device === 'receiptPrinter');
  const shown = (): ReactNode => {
    if (aside?.is === 'guide' && printer !== undefined) {
      const test = <DeviceTest view={printer} slip />;
      return <PaperGuide guide={aside.guide} printer={printer} test={test} onEnd={back} />;
    }
    if (aside?.is === 'edit' && view.setup !== null) {
      const { device } = aside;
      const common = { device, setup: view.setup, typing, onTyping: setTyping };
      return <DeviceEditor {...common} onEnd={back} />;
    }
    return <Everything view={view} onAside={setAside} />;
  };
  return (
    <div
      className={typing === null ? 'screen service' : 'screen service screen-typing'}
      data-step="service"
      data-role={view.role}
    >
      <Header />
      <main className="main" tabIndex={0} ref={main}>
        {shown()}
      </main>
      <div id={KEYBOARD_PLACE} className={typing === null ? '' : 'keyboard-open'} />
    </div>
  );
}

function Everything(props: {
  readonly view: ServiceView;
  readonly onAside: (aside: Aside) => void;
}) {
  const { t } = useWords();
  const act = useAct();
  const { view, onAside } = props;
  const onGuide = (guide: Guide): void => onAside({ is: 'guide', guide });
  const technician = view.role === 'technician';
  const prints = view.devices.some(
    ({ device, connection }) => device === 'receiptPrinter' && connection !== null,
  );
  return (
    <>
      <div className="title">
        <h1>{t(technician ? 'service.titleTechnician' : 'service.title')}</h1>
      </div>
      <Button look="primary" onPress={() => act((core) => core.service.leave())}>
        {t('service.leave')}
      </Button>
      <HelpCalled />
      <Problems view={view} />
      {prints ? (
        <>
          <h2>{t('service.desk.paperTitle')}</h2>
          <div className="pair">
            <Button onPress={() => onGuide('paper')}>{t('service.desk.changePaper')}</Button>
            <Button onPress={() => onGuide('jam')}>{t('service.desk.clearJam')}</Button>
          </div>
        </>
      ) : null}
      <h2>{t('service.devices')}</h2>
      {view.devices.map((device) => (
        <Device
          key={device.device}
          view={device}
          technician={technician}
          onEdit={() => onAside({ is: 'edit', device: device.device })}
        />
      ))}
      {technician && view.hostRestarts > 0 ? (
        <p>{t('service.restarts', { count: view.hostRestarts })}</p>
      ) : null}
      {view.setup === null ? null : <SetupPart setup={view.setup} />}
      <TodayPart view={view} />
      <ItemsPart view={view} />
    </>
  );
}

/** Somebody has called; it stands until staff says that they have been seen to. */
function HelpCalled() {
  const { t } = useWords();
  const { terminal } = usePageState();
  const act = useAct();
  const since = terminal?.helpCalledSince ?? null;
  if (since === null) return null;
  return (
    <Notice
      kind="warn"
      live
      title={t('service.desk.helpCalled', { at: timeAtHall(new Date(since)) })}
    >
      <p>{t('service.desk.helpText')}</p>
      <Button onPress={() => act((core) => core.service.clearHelp())}>
        {t('service.desk.helpDone')}
      </Button>
    </Notice>
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

function Device(props: {
  readonly view: ServiceDeviceView;
  readonly technician: boolean;
  readonly onEdit: () => void;
}) {
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
      {props.technician ? (
        <Button onPress={props.onEdit}>
          {t(connection === null ? 'service.form.add' : 'service.form.edit')}
        </Button>
      ) : null}
      {props.technician && connection !== null ? <RemoveButton device={device} /> : null}
    </section>
  );
}

function DeviceTest(props: {
  readonly view: ServiceDeviceView;
  /** The button says that it prints a slip. */
  readonly slip?: boolean;
}) {
  const { device, test } = props.view;
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
        {t(props.slip === true ? 'service.desk.printTest' : 'service.test')}
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
    case 'documentCamera':
      return t('service.ask.documentCamera');
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
