import { useEffect, useState } from 'react';
import { usePage, usePageState, useAct, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

const secondsTo = (endsAt: string | null): number =>
  endsAt === null ? 0 : Math.max(0, Math.ceil((Date.parse(endsAt) - Date.now()) / 1000));

/** Nobody has touched the screen for a while: any touch goes on. */
export function IdleWarning() {
  const { session } = usePageState();
  return session?.idle.state === 'warning' ? <Warning endsAt={session.idle.endsAt} /> : null;
}

function Warning({ endsAt }: { readonly endsAt: string | null }) {
  const { t } = useWords();
  const page = usePage();
  const act = useAct();
  const [seconds, setSeconds] = useState(() => secondsTo(endsAt));
  useEffect(() => {
    const timer = setInterval(() => setSeconds(secondsTo(endsAt)), 250);
    return () => clearInterval(timer);
  }, [endsAt]);
  return (
    <Dialog title={t('idle.title')} onEscape={() => page.touched()} urgent>
      <p className="idle-count" aria-hidden="true">
        {seconds}
      </p>
      <p>{t('idle.plain')}</p>
      {/* spoken every ten seconds only: a voice that counts each second says nothing else */}
      <p role="status" className="only-spoken">
        {t('idle.text', { count: Math.ceil(seconds / 10) * 10 })}
      </p>
      <div className="dialog-buttons">
        <Button look="primary" onPress={() => page.touched()}>
          {t('idle.stay')}
        </Button>
        <Button onPress={() => act((core) => core.session.end())}>{t('idle.leave')}</Button>
      </div>
    </Dialog>
  );
}
