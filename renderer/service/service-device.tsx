import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import type { ServiceDeviceView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText } from '../text-forms.ts';
import { CameraTrial } from './camera-trial.tsx';
import { DeviceFacts } from './device-facts.tsx';
import { FaultSteps } from './fault-steps.tsx';
import { RemoveButton } from './setup-part.tsx';
import { useAct, useWords } from '../use-page.ts';

/** One device: how it is, what to do, its test; for a technician also what it is and did, and its settings. */
export function Device(props: {
  readonly view: ServiceDeviceView;
  readonly technician: boolean;
  readonly onEdit: () => void;
}) {
  const { t, text, locale } = useWords();
  const { device, status, configured, lastTest } = props.view;
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
      <p className="service-small">
        {lastTest === null
          ? t('service.lastTest.never')
          : t(`service.lastTest.${lastTest.result}`, { at: dateTimeText(lastTest.at, locale) })}
      </p>
      {props.technician ? <DeviceFacts view={props.view} /> : null}
      {configured ? <DeviceTest view={props.view} /> : null}
      {props.technician ? (
        <Button onPress={props.onEdit}>
          {t(configured ? 'service.form.edit' : 'service.form.add')}
        </Button>
      ) : null}
      {props.technician && configured ? <RemoveButton device={device} /> : null}
    </section>
  );
}

/** The test of a device, and the question whether it did it. */
export function DeviceTest(props: {
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
        {device === 'documentCamera' ? <CameraTrial /> : null}
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
