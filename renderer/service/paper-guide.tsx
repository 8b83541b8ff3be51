import { useState, type ReactNode } from 'react';
import type { ServiceDeviceView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { PaperPicture } from '../parts/paper-pictures.tsx';
import { useWords } from '../use-page.ts';

/** What staff is led through. */
export type Guide = 'paper' | 'jam';

const PAPER_STEPS = ['open', 'out', 'in', 'close'] as const;
const JAM_STEPS = ['open', 'pull', 'straight', 'close'] as const;

/** Changing the paper or clearing a jam, one step a screen with a picture; at the end a test slip. */
export function PaperGuide(props: {
  readonly guide: Guide;
  readonly printer: ServiceDeviceView;
  /** Where the test slip is printed. */
  readonly test: ReactNode;
  readonly onEnd: () => void;
}) {
  const { t } = useWords();
  const { guide, printer, onEnd } = props;
  const [at, setAt] = useState(0);
  const steps =
    guide === 'paper'
      ? PAPER_STEPS.map((scene) => ({
          scene,
          title: t(`service.desk.paperSteps.${scene}.title`),
          text: t(`service.desk.paperSteps.${scene}.text`),
        }))
      : JAM_STEPS.map((scene) => ({
          scene,
          title: t(`service.desk.jamSteps.${scene}.title`),
          text: t(`service.desk.jamSteps.${scene}.text`),
        }));
  const step = steps[at];
  const passed = printer.test.state === 'passed';
  return (
    <div className="guided" data-guide={guide} data-at={at}>
      <div className="title">
        <h1>{t(guide === 'paper' ? 'service.desk.changePaper' : 'service.desk.clearJam')}</h1>
        <p className="title-aside">{t('service.desk.step', { n: at + 1, of: steps.length + 1 })}</p>
      </div>
      {step === undefined ? (
        <section className="chapter">
          <h2>{t('service.desk.lastTest')}</h2>
          <p>{t('service.desk.lastTestText')}</p>
          {printer.status.paper === undefined ? null : (
            <p>
              {t('service.desk.paperNow', { paper: t(`service.paper.${printer.status.paper}`) })}
            </p>
          )}
          {props.test}
        </section>
      ) : (
        <section className="chapter">
          <PaperPicture scene={step.scene} />
          <h2>{step.title}</h2>
          <p>{step.text}</p>
        </section>
      )}
      {step === undefined ? null : (
        <Button look="primary" onPress={() => setAt(at + 1)}>
          {t('service.desk.next')}
        </Button>
      )}
      {passed && step === undefined ? (
        <Button look="primary" onPress={onEnd}>
          {t('service.desk.goodEnd')}
        </Button>
      ) : null}
      <div className="pair">
        {at === 0 ? null : (
          <Button onPress={() => setAt(at - 1)}>{t('service.desk.before')}</Button>
        )}
        <Button onPress={onEnd}>{t('service.desk.stop')}</Button>
      </div>
    </div>
  );
}
