import { Button } from '../parts/button.tsx';
import { useWords } from '../use-page.ts';

const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Digits that are typed with a finger; what was typed is shown by whoever holds it. */
export function DigitPad(props: {
  readonly value: string;
  readonly longest: number;
  readonly onChange: (value: string) => void;
  readonly done: {
    readonly label: string;
    readonly busy: boolean;
    readonly onPress: () => void;
  };
}) {
  const { t } = useWords();
  const { value, longest, onChange, done } = props;
  const press = (digit: string): void => onChange((value + digit).slice(0, longest));
  return (
    <div className="pin-keys">
      {KEYS.map((key) => (
        <Button key={key} onPress={() => press(key)}>
          {key}
        </Button>
      ))}
      <Button onPress={() => onChange(value.slice(0, -1))}>{t('service.erase')}</Button>
      <Button onPress={() => press('0')}>{'0'}</Button>
      <Button look="primary" busy={done.busy} onPress={done.onPress}>
        {done.label}
      </Button>
    </div>
  );
}
