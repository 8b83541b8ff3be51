import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { DeviceClass } from '../../domain/device/status.ts';
import type { ServiceView } from '../../main/contract/service-view.ts';
import { KEYBOARD_PLACE } from '../fields/text-field.tsx';
import { Button } from '../parts/button.tsx';
import { Header } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { timeAtHall } from '../text-forms.ts';
import { ClockPart } from './clock-part.tsx';
import { DeviceEditor } from './device-editor.tsx';
import { Device, DeviceTest } from './service-device.tsx';
import { ItemsPart, TodayPart } from './items-part.tsx';
import { PaperGuide, type Guide } from './paper-guide.tsx';
import { SetupPart } from './setup-part.tsx';
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
    ({ device, configured }) => device === 'receiptPrinter' && configured,
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
      {view.clock === null ? null : <ClockPart clock={view.clock} />}
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
