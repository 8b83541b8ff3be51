import { openedService } from '../page-state.ts';
import { timeAtHall } from '../text-forms.ts';
import { useAct, usePageState, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Glyph } from './icons.tsx';
import { Notice } from './notice.tsx';

/** The government service line; a service may name another number. */
export const SERVICE_LINE = '12345';

/** Who helps, and how the machine is used. The same on every screen. */
export function HelpDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const service = openedService(usePageState());
  const phone = service?.contacts.consult ?? SERVICE_LINE;
  return (
    <Dialog title={t('help.title')} onEscape={onClose}>
      <div className="help">
        <section>
          <Glyph name="person" />
          <div>
            <h3>{t('help.staff')}</h3>
            <p>{t('help.staffText')}</p>
            <CallStaff />
          </div>
        </section>
        <section>
          <Glyph name="phone" />
          <div>
            <h3>{t('help.phone')}</h3>
            <p>{t('help.phoneText', { phone })}</p>
          </div>
        </section>
        <section>
          <Glyph name="info" />
          <div>
            <h3>{t('help.how')}</h3>
            <p>{t('help.howText')}</p>
          </div>
        </section>
      </div>
      <div className="dialog-buttons">
        <Button look="primary" onPress={onClose}>
          {t('common.close')}
        </Button>
      </div>
    </Dialog>
  );
}

/** A call that stands until staff has come; it promises nobody's coming. */
function CallStaff() {
  const { t } = useWords();
  const { terminal } = usePageState();
  const act = useAct();
  const since = terminal?.helpCalledSince ?? null;
  if (since !== null) {
    return (
      <Notice kind="info" live title={t('help.called', { at: timeAtHall(new Date(since)) })}>
        <p>{t('help.calledText')}</p>
      </Notice>
    );
  }
  return <Button onPress={() => act((core) => core.help.call())}>{t('help.call')}</Button>;
}
