import { useAct, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

/** Asks before everything is forgotten. */
export function EndDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const act = useAct();
  return (
    <Dialog title={t('ending.title')} onEscape={onClose} urgent>
      <p>{t('ending.text')}</p>
      <div className="dialog-buttons">
        <Button look="primary" onPress={onClose}>
          {t('ending.stay')}
        </Button>
        <Button
          look="danger"
          onPress={() => {
            onClose();
            act((core) => core.session.end());
          }}
        >
          {t('ending.leave')}
        </Button>
      </div>
    </Dialog>
  );
}
