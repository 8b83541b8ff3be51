import { useEffect, useState } from 'react';
import type { EnterAnswer } from '../../main/contract/service-view.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Header } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { timeAtHall } from '../text-forms.ts';
import { usePage, useWords } from '../use-page.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;
const LONGEST = 12;
/** Whoever found this by chance and walked off: citizens are let in again. */
const QUIET_MS = 30_000;

type Refusal = Exclude<EnterAnswer, { is: 'right' }>;

/** Where staff and technicians come in. */
export function PinScreen() {
  const { t } = useWords();
  const page = usePage();
  const [role, setRole] = useState<'staff' | 'technician'>('staff');
  const [pin, setPin] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => page.store.set({ pinAsked: false }), QUIET_MS);
    return () => clearTimeout(timer);
  }, [page, role, pin, refusal]);
  const press = (digit: string): void => {
    setRefusal(null);
    setPin((before) => (before + digit).slice(0, LONGEST));
  };
  const enter = async (): Promise<void> => {
    setBusy(true);
    const answer = await page.enterService(role, pin);
    setBusy(false);
    setPin('');
    if (answer !== null && answer.is !== 'right') setRefusal(answer);
  };
  return (
    <div className="screen service" data-step="pin">
      <Header />
      <main className="main" tabIndex={0}>
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
        <p className="pin-shown" role="status" aria-label={t('service.digits', { n: pin.length })}>
          {'●'.repeat(pin.length)}
        </p>
        {refusal === null ? null : (
          <Notice kind="bad" live>
            <p>{refusalWords(t, refusal)}</p>
          </Notice>
        )}
        <div className="pin-keys">
          {KEYS.map((key) => (
            <Button key={key} onPress={() => press(key)}>
              {key}
            </Button>
          ))}
          <Button onPress={() => setPin(pin.slice(0, -1))}>{t('service.erase')}</Button>
          <Button onPress={() => press('0')}>{'0'}</Button>
          <Button
            look="primary"
            busy={busy || pin.length < 6}
            onPress={() => inBackground(enter())}
          >
            {t('service.enter')}
          </Button>
        </div>
        <Button onPress={() => page.store.set({ pinAsked: false })}>{t('service.back')}</Button>
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
