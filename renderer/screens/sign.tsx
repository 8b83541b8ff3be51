import { useCallback, useRef, useState } from 'react';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { Button } from '../parts/button.tsx';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { InkPad } from '../parts/ink-pad.tsx';
import type { Stroke } from '../parts/ink.ts';
import { openedService } from '../page-state.ts';
import { useAct, usePage, usePageState, useWords } from '../use-page.ts';

/** Signing with the finger, or a mark before a witness for those who do not write. */
export function SignScreen() {
  const { t, text } = useWords();
  const page = usePage();
  const state = usePageState();
  const act = useAct();
  const [mode, setMode] = useState<'signature' | 'witnessedMark'>('signature');
  const [strokes, setStrokes] = useState<readonly Stroke[]>([]);
  const [witness, setWitness] = useState('');
  const [typing, setTyping] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const witnessField = useRef<HTMLInputElement>(null);
  const keepCanvas = useCallback((at: HTMLCanvasElement | null) => {
    canvas.current = at;
  }, []);
  const signature = Object.values(openedService(state)?.form.properties ?? {}).find(
    (schema) => schema['x-widget'] === 'signature',
  );
  const least = mode === 'signature' ? (signature?.['x-minStrokes'] ?? 1) : 1;
  const marking = mode === 'witnessedMark';

  const done = (): void => {
    setTyping(false);
    const picture = canvas.current?.toDataURL('image/png');
    if (strokes.length < least || picture === undefined) {
      page.say('inkMissing');
      return;
    }
    if (marking && witness.trim() === '') {
      page.say('witnessMissing');
      witnessField.current?.focus();
      return;
    }
    act((core) =>
      core.session.sign({
        mode,
        pngDataUrl: picture,
        strokes: Math.min(strokes.length, 1000),
        ...(marking ? { witnessName: witness.trim() } : {}),
      }),
    );
  };
  const change = (next: typeof mode): void => {
    setMode(next);
    setStrokes([]);
    setTyping(false);
    page.say(null);
  };

  return (
    <Frame
      screen="sign"
      title={t('sign.title')}
      aside={signature === undefined ? undefined : text(signature.title)}
      next={{ label: t('sign.done'), onPress: done }}
      keyboard={
        typing ? (
          <Keyboard
            field={witnessField}
            value={witness}
            onChange={setWitness}
            kind="name"
            onDone={() => setTyping(false)}
          />
        ) : null
      }
    >
      <p className="lead">{t(marking ? 'sign.howMark' : 'sign.how')}</p>
      <InkPad
        label={t('sign.box')}
        strokes={strokes}
        onCanvas={keepCanvas}
        onStrokes={(drawn) => {
          setStrokes(drawn);
          page.say(null);
        }}
      />
      <p role="status" className="quiet">
        {strokes.length === 0 ? t('sign.empty') : t('sign.strokes', { count: strokes.length })}
      </p>
      <div className="pair">
        <Button busy={strokes.length === 0} onPress={() => setStrokes(strokes.slice(0, -1))}>
          <Glyph name="undo" />
          {t('sign.undo')}
        </Button>
        <Button busy={strokes.length === 0} onPress={() => setStrokes([])}>
          <Glyph name="erase" />
          {t('sign.clear')}
        </Button>
      </div>
      {marking ? (
        <div className="field">
          <label className="field-label" htmlFor="witness">
            {t('sign.witness')}
          </label>
          <p className="field-help" id="witness-help">
            {t('sign.witnessHow')}
          </p>
          <input
            ref={witnessField}
            id="witness"
            className="input"
            type="text"
            inputMode="none"
            autoComplete="off"
            spellCheck={false}
            maxLength={60}
            aria-describedby="witness-help"
            value={witness}
            onFocus={() => setTyping(true)}
            onClick={() => setTyping(true)}
            onChange={(event) => setWitness(event.target.value)}
          />
        </div>
      ) : null}
      <p className="statement">{t('sign.statement')}</p>
      <Button onPress={() => change(marking ? 'signature' : 'witnessedMark')}>
        <Glyph name={marking ? 'pen' : 'person'} />
        {t(marking ? 'sign.canWrite' : 'sign.cannotWrite')}
      </Button>
    </Frame>
  );
}
