import type { Material } from '../../domain/catalogue/catalogue.ts';
import type { SessionView } from '../../main/contract/session-view.ts';
import { Button } from '../parts/button.tsx';
import { Dialog } from '../parts/dialog.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { QrCode } from '../parts/qr-code.tsx';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';

type Phone = NonNullable<SessionView['phone']>;

/** The way over a citizen's own phone; offered only while the platform can be reached. */
export function PhonePart({ material }: { readonly material: Material }) {
  const { t } = useWords();
  const { terminal } = usePageState();
  const { phone } = useSession();
  const act = useAct();
  const open = (): void => act((core) => core.materials.phone({ materialId: material.id }));
  const mine = phone?.materialId === material.id ? phone : null;
  if (mine === null && terminal?.link !== 'online') return null;
  return (
    <>
      <Button onPress={open}>
        <Glyph name="phone" />
        {t('phone.open')}
      </Button>
      {mine === null ? null : <PhoneDialog phone={mine} again={open} />}
    </>
  );
}

function PhoneDialog({ phone, again }: { readonly phone: Phone; readonly again: () => void }) {
  const { t } = useWords();
  const act = useAct();
  const close = (): void => act((core) => core.materials.phoneStop());
  const over = phone.state === 'done' || phone.state === 'expired' || phone.state === 'failed';
  return (
    <Dialog title={t('phone.title')} onEscape={close}>
      {phone.url === null ? null : (
        <>
          <ol className="phone-steps">
            <li>{t('phone.steps.scan')}</li>
            <li>{t('phone.steps.take')}</li>
            <li>{t('phone.steps.look')}</li>
          </ol>
          <QrCode text={phone.url} label={t('phone.code')} />
        </>
      )}
      <Notice kind={phone.state === 'done' ? 'good' : over ? 'bad' : 'info'} live>
        <p>{t(`phone.${phone.state}`)}</p>
        {phone.pagesSoFar === 0 ? null : <p>{t('phone.got', { n: phone.pagesSoFar })}</p>}
        {phone.unreadable === 0 ? null : <p>{t('phone.unreadable', { n: phone.unreadable })}</p>}
      </Notice>
      <p>{t('phone.safe')}</p>
      <div className="dialog-buttons">
        <Button look="primary" onPress={close}>
          {t('phone.close')}
        </Button>
        {over ? <Button onPress={again}>{t('phone.again')}</Button> : null}
      </div>
    </Dialog>
  );
}
