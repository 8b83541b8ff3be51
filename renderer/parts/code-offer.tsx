import { canScanCodes } from '../devices.ts';
import { useAct, usePageState, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { Glyph } from './icons.tsx';

/** Says that a receipt's code may be shown here; where the scanner waits to be told, the button tells it. */
export function CodeOffer() {
  const { t } = useWords();
  const { terminal } = usePageState();
  const act = useAct();
  if (terminal === null || !canScanCodes(terminal)) return null;
  if (terminal.waitingScanner) {
    return <Button onPress={() => act((core) => core.codes.look())}>{t('code.look')}</Button>;
  }
  return (
    <p className="code-offer">
      <Glyph name="info" />
      {t('code.offer')}
    </p>
  );
}
