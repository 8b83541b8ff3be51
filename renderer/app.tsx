import { useEffect, type ComponentType } from 'react';
import type { SessionStep } from '../main/contract/session-view.ts';
import { speak } from './i18n.ts';
import { CodeDialog } from './parts/code-dialog.tsx';
import { ConnectionOverlay } from './parts/connection-overlay.tsx';
import { Header } from './parts/frame.tsx';
import { IdleWarning } from './parts/idle-warning.tsx';
import { AttractScreen } from './screens/attract.tsx';
import { FindScreen } from './screens/find.tsx';
import { FormScreen } from './screens/form.tsx';
import { GoodbyeScreen } from './screens/goodbye.tsx';
import { GuideScreen } from './screens/guide.tsx';
import { IdentifyScreen } from './screens/identify.tsx';
import { MaterialsScreen } from './screens/materials.tsx';
import { ReceiptScreen } from './screens/receipt.tsx';
import { ReviewScreen } from './screens/review.tsx';
import { SignScreen } from './screens/sign.tsx';
import { SubmittingScreen } from './screens/submitting.tsx';
import { PinScreen } from './service/pin-screen.tsx';
import { ServiceScreen } from './service/service-screen.tsx';
import { useKeyboardScanner } from './parts/use-keyboard-scanner.ts';
import { usePageState, useWords } from './use-page.ts';

const SCREENS: Readonly<Record<SessionStep, ComponentType>> = {
  identify: IdentifyScreen,
  find: FindScreen,
  guide: GuideScreen,
  form: FormScreen,
  materials: MaterialsScreen,
  sign: SignScreen,
  review: ReviewScreen,
  submitting: SubmittingScreen,
  receipt: ReceiptScreen,
  goodbye: GoodbyeScreen,
};

/** The whole page: the screen of the session's step, and what may lie over it. */
export function App() {
  const { session, terminal, service, pinAsked, attractLocale, epoch } = usePageState();
  const locale = session?.locale ?? attractLocale;
  useEffect(() => speak(locale), [locale]);
  useKeyboardScanner(
    terminal?.keyboardScanner === true &&
      service === null &&
      !pinAsked &&
      (session === null || session.step === 'find'),
    terminal?.keyboardPrefix ?? null,
  );
  const Screen = session === null ? (pinAsked ? PinScreen : AttractScreen) : SCREENS[session.step];
  if (service !== null) {
    return (
      <>
        <ServiceScreen view={service} />
        <ConnectionOverlay />
      </>
    );
  }
  return (
    <>
      {terminal === null ? <Starting /> : <Screen key={`${epoch} ${session?.step ?? ''}`} />}
      {session === null || session.step === 'find' ? <CodeDialog /> : null}
      <IdleWarning key={epoch} />
      <ConnectionOverlay />
    </>
  );
}

/** Before the core has said anything. */
function Starting() {
  const { t } = useWords();
  return (
    <div className="screen attract">
      <Header />
      <main className="attract-main goodbye">
        <h1>{t('common.loading')}</h1>
        <div className="spinner" aria-hidden="true" />
      </main>
    </div>
  );
}
