import { useState } from 'react';
import { groupDigits, UNLOCK_CODE_DIGITS } from '../../domain/wire/unlock.ts';
import type { UnlockAnswer } from '../../main/contract/service-view.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { timeAtHall } from '../text-forms.ts';
import { usePage, usePageState, useWords } from '../use-page.ts';
import { DigitPad } from './digit-pad.tsx';

/** A PIN that is locked now. */
export interface ShownLock {
  readonly role: 'staff' | 'technician';
  /** ISO 8601 */
  readonly until: string;
  readonly challenge: string;
}

/** What to tell the platform, and where its code is typed. */
export function UnlockPart(props: {
  readonly lock: ShownLock;
  readonly onTouch: () => void;
  readonly onUnlocked: () => void;
  readonly onOtherWay: () => void;
}) {
  const { t } = useWords();
  const page = usePage();
  const { terminal } = usePageState();
  const { lock, onTouch } = props;
  const [code, setCode] = useState('');
  const [busy, setBusy] = useState(false);
  const [answer, setAnswer] = useState<Exclude<UnlockAnswer, { is: 'unlocked' }> | null>(null);
  const change = (next: string): void => {
    onTouch();
    setAnswer(null);
    setCode(next);
  };
  const unlock = async (): Promise<void> => {
    onTouch();
    setBusy(true);
    const came = await page.unlockService(lock.role, code);
    setBusy(false);
    if (came === null) return;
    // too soon is no word about the code: it need not be typed again
    if (came.is === 'wrong') setCode('');
    if (came.is === 'unlocked') props.onUnlocked();
    else setAnswer(came);
  };
  return (
    <>
      <div className="title">
        <h1>{t('service.unlock.title')}</h1>
      </div>
      <p>{t('service.unlock.until', { until: timeAtHall(new Date(lock.until)) })}</p>
      <p>{t('service.unlock.how')}</p>
      <dl className="unlock-facts">
        <dt>{t('service.unlock.terminal')}</dt>
        <dd className="number">{terminal?.terminalId ?? ''}</dd>
        <dt>{t('service.unlock.challenge')}</dt>
        <dd className="number">{groupDigits(lock.challenge)}</dd>
      </dl>
      <h2>{t('service.unlock.code')}</h2>
      <p className="pin-shown" role="status" aria-label={t('service.digits', { n: code.length })}>
        {code}
      </p>
      {answer === null ? null : (
        <Notice kind="bad" live>
          <p>
            {answer.is === 'wrong'
              ? t('service.unlock.wrong')
              : t('service.unlock.tooSoon', { seconds: answer.seconds })}
          </p>
        </Notice>
      )}
      <DigitPad
        value={code}
        longest={UNLOCK_CODE_DIGITS}
        onChange={change}
        done={{
          label: t('service.unlock.unlock'),
          busy: busy || code.length < UNLOCK_CODE_DIGITS,
          onPress: () => inBackground(unlock()),
        }}
      />
      <Button onPress={props.onOtherWay}>{t('service.unlock.otherWay')}</Button>
    </>
  );
}
