import { useEffect, useState } from 'react';
import type { EnterAnswer } from '../../main/contract/service-view.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Header } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { timeAtHall } from '../text-forms.ts';
import { usePage, usePageState, useWords } from '../use-page.ts';
import { DigitPad } from './digit-pad.tsx';
import { UnlockPart, type ShownLock } from './unlock-part.tsx';

const SHORTEST = 6;
const LONGEST = 12;
/** Whoever found this by chance and walked off: citizens are let in again. */
const QUIET_MS = 30_000;
/** A call to the platform takes its time. */
const QUIET_CALLING_MS = 5 * 60_000;

type Refusal = Exclude<EnterAnswer, { is: 'right' | 'waiting' }>;

/** Where staff and technicians come in. */
export function PinScreen() {
  const { t } = useWords();
  const page = usePage();
  const { serviceWaits } = usePageState();
  const [role, setRole] = useState<'staff' | 'technician'>('staff');
  const [pin, setPin] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [lock, setLock] = useState<ShownLock | null>(null);
  const [unlocked, setUnlocked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [touches, setTouches] = useState(0);
  useEffect(() => {
    const quiet = lock === null ? QUIET_MS : QUIET_CALLING_MS;
    if (serviceWaits !== null) return;
    const timer = setTimeout(() => page.store.set({ pinAsked: false }), quiet);
    return () => clearTimeout(timer);
  }, [page, role, pin, refusal, lock, touches, serviceWaits]);
  const change = (next: string): void => {
    setRefusal(null);
    setUnlocked(false);
    setPin(next);
  };
  const enter = async (): Promise<void> => {
    setBusy(true);
    const answer = await page.enterService(role, pin);
    setBusy(false);
    setPin('');
    if (answer === null || answer.is === 'right' || answer.is === 'waiting') return;
    const challenge = answer.is === 'locked' ? answer.challenge : null;
    if (answer.is === 'locked' && challenge !== null) {
      setLock({ role, until: answer.until, challenge });
    } else setRefusal(answer);
  };
  if (serviceWaits !== null) return <WaitScreen until={serviceWaits} />;
  return (
    <div className="screen service" data-step="pin">
      <Header />
      <main className="main" tabIndex={0}>
        {lock === null ? (
          <>
            <div className="title">
              <h1>{t('service.who')}</h1>
            </div>
            <div className="pair">
              {(['staff', 'technician'] as const).map((name) => (
                <Button key={name} pressed={role === name} onPress={() => setRole(name)}>
                  {t(`service.${name}`)}
                </Button>
              ))}
            </div>
            <h2>{t('service.pin')}</h2>
            <p>{t('service.pinHow')}</p>
            <p
              className="pin-shown"
              role="status"
              aria-label={t('service.digits', { n: pin.length })}
            >
              {'●'.repeat(pin.length)}
            </p>
            {unlocked ? <Notice kind="good" live title={t('service.unlock.done')} /> : null}
            {refusal === null ? null : (
              <Notice kind="bad" live>
                <p>{refusalWords(t, refusal)}</p>
              </Notice>
            )}
            <DigitPad
              value={pin}
              longest={LONGEST}
              onChange={change}
              done={{
                label: t('service.enter'),
                busy: busy || pin.length < SHORTEST,
                onPress: () => inBackground(enter()),
              }}
            />
          </>
        ) : (
          <UnlockPart
            lock={lock}
            onTouch={() => setTouches(touches + 1)}
            onUnlocked={() => {
              setUnlocked(true);
              setLock(null);
            }}
            onOtherWay={() => setLock(null)}
          />
        )}
        <Button onPress={() => page.store.set({ pinAsked: false })}>{t('service.back')}</Button>
      </main>
    </div>
  );
}

/** A citizen is served meanwhile. Nothing is shown of that session, and nothing of this is shown in it. */
function WaitScreen({ until }: { readonly until: string }) {
  const { t } = useWords();
  const page = usePage();
  return (
    <div className="screen service" data-step="pin">
      <Header />
      <main className="main" tabIndex={0}>
        <div className="title">
          <h1>{t('service.waiting')}</h1>
        </div>
        <Notice kind="info" live>
          <p>{t('service.waitingHow', { until: timeAtHall(new Date(until)) })}</p>
        </Notice>
        <Button
          onPress={() => {
            page.giveUpService();
            page.store.set({ pinAsked: false });
          }}
        >
          {t('service.giveUp')}
        </Button>
      </main>
    </div>
  );
}

function refusalWords(t: ReturnType<typeof useWords>['t'], refusal: Refusal): string {
  switch (refusal.is) {
    case 'wrong':
      return t('service.wrong', { count: refusal.left });
    case 'locked':
      return t('service.locked', { until: timeAtHall(new Date(refusal.until)) });
    case 'notSet':
      return t('service.notSet');
    case 'busy':
      return t('service.busy');
  }
}
