import { CASE_STATES } from '../../domain/application-state.ts';
import type { CodeView } from '../../main/contract/code-view.ts';
import { useAct, usePageState, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';
import { Notice } from './notice.tsx';

const ITEM_LOOKS = {
  arrived: 'info',
  notYetArrived: 'info',
  held: 'warn',
  differs: 'bad',
  unknown: 'info',
} as const;

/** What the code is that somebody holds before the scanner. Nothing of a person stands there. */
export function CodeDialog() {
  const { t } = useWords();
  const { code } = usePageState();
  const act = useAct();
  if (code === null) return null;
  const close = (): void => act((core) => core.codes.close());
  return (
    <Dialog title={t('code.title')} onEscape={close}>
      <div className="help" data-code={code.is}>
        <Said code={code} />
      </div>
      {code.is === 'checking' ? null : (
        <div className="dialog-buttons">
          <Button look="primary" onPress={close}>
            {t(code.is === 'waiting' ? 'code.stop' : 'common.close')}
          </Button>
        </div>
      )}
    </Dialog>
  );
}

function Said({ code }: { readonly code: CodeView }) {
  const { t, text } = useWords();
  if (code.is === 'checking') return <Notice kind="info" live title={t('code.checking')} />;
  if (code.is === 'waiting') {
    return (
      <Notice kind="info" live title={t('code.waiting')}>
        <p>{t('code.waitingHow')}</p>
      </Notice>
    );
  }
  if (code.is !== 'receipt') {
    return (
      <Notice kind="warn" live title={t(`code.${code.is}`)}>
        <p>{t(`code.${code.is}How`)}</p>
      </Notice>
    );
  }
  const { signature, item, caseState, checkedOffline } = code;
  if (signature === 'invalid' || signature === 'unknownKey') {
    return (
      <Notice kind="bad" live title={t(`code.signature.${signature}`)}>
        <p>{t(`code.signatureHow.${signature}`)}</p>
      </Notice>
    );
  }
  return (
    <>
      <Notice
        kind={signature === 'valid' ? 'good' : 'warn'}
        live
        title={t(`code.signature.${signature}`)}
      >
        {signature === 'valid' ? null : <p>{t('code.signatureHow.revokedKey')}</p>}
      </Notice>
      <Notice kind={ITEM_LOOKS[item]} title={t(`code.item.${item}`)}>
        <p>{t(`code.itemHow.${item}`)}</p>
      </Notice>
      {caseState === null ? null : (
        <p>
          {t('code.caseState')} <b>{text(CASE_STATES[caseState])}</b>
        </p>
      )}
      {checkedOffline ? <p className="quiet">{t('code.offline')}</p> : null}
    </>
  );
}
