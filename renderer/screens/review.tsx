import { useState, type ReactNode } from 'react';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import { relevantAnswers, visibleSections } from '../../domain/catalogue/visible-fields.ts';
import { AnswerShown } from '../fields/fact.tsx';
import { formScreens } from '../fields/form-screens.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { Notice } from '../parts/notice.tsx';
import { openedService } from '../page-state.ts';
import { useAct, usePage, usePageState, useSession, useWords } from '../use-page.ts';
import { GoneScreen } from './gone.tsx';

/** Storing may wait for a slow disk. */
const SUBMIT_MS = 30_000;

/** Everything once more, each part with its way to change it. */
export function ReviewScreen() {
  const service = openedService(usePageState());
  return service === undefined ? <GoneScreen /> : <Review service={service} />;
}

function Review({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const page = usePage();
  const { terminal } = usePageState();
  const session = useSession();
  const act = useAct();
  const [busy, setBusy] = useState(false);
  const { form } = service;
  const answers = relevantAnswers(form, session.answers);
  const submit = async (): Promise<void> => {
    setBusy(true);
    await page.act((core) => core.session.submit(), SUBMIT_MS);
    setBusy(false);
  };
  const changeForm = (section: string): void => {
    const screens = formScreens(form, session.answers, session.sources);
    const at = screens.findIndex((screen) => screen.section === section);
    page.store.set({ formScreen: Math.max(0, at) });
    act((core) => core.session.change({ step: 'form' }));
  };
  return (
    <Frame
      screen="review"
      title={t('review.title')}
      next={{ label: t('review.submit'), onPress: () => inBackground(submit()), busy }}
    >
      <dl className="facts facts-wide">
        <div className="fact-box">
          <dt>{t('review.service')}</dt>
          <dd>{text(service.name)}</dd>
        </div>
        <div className="fact-box">
          <dt>{t('review.person')}</dt>
          <dd>{session.applicant?.displayName ?? ''}</dd>
        </div>
      </dl>
      {visibleSections(form, answers).map(({ section, fields }) => {
        const shown = fields.filter(
          (field) => form.properties[field]?.['x-widget'] !== 'signature',
        );
        if (shown.length === 0) return null;
        return (
          <Part key={section.id} name={text(section.title)} onChange={() => changeForm(section.id)}>
            <dl className="answers">
              {shown.map((field) => {
                const schema = form.properties[field];
                const value = answers[field];
                if (schema === undefined) return null;
                return (
                  <div key={field}>
                    <dt>{text(schema.title)}</dt>
                    <dd>
                      {value === undefined ? (
                        <span className="quiet">{t('review.notAnswered')}</span>
                      ) : (
                        <AnswerShown schema={schema} value={value} />
                      )}
                      {session.disputed.includes(field) ? (
                        <p className="disputed">
                          <Glyph name="info" />
                          {t('review.disputed')}
                        </p>
                      ) : null}
                    </dd>
                  </div>
                );
              })}
            </dl>
          </Part>
        );
      })}
      <MaterialsPart service={service} />
      <Part
        name={t('review.signature')}
        onChange={() => act((core) => core.session.change({ step: 'sign' }))}
      >
        <p>
          {t(
            session.signature === null
              ? 'review.notAnswered'
              : session.signature.mode === 'signature'
                ? 'review.signed'
                : 'review.marked',
          )}
        </p>
      </Part>
      <Notice kind="info">
        <p>{t(terminal?.link === 'offline' ? 'review.noteOffline' : 'review.note')}</p>
      </Notice>
    </Frame>
  );
}

function MaterialsPart({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const session = useSession();
  const act = useAct();
  if (session.materials.length === 0) return null;
  return (
    <Part
      name={t('review.materials')}
      onChange={() => act((core) => core.session.change({ step: 'materials' }))}
    >
      <dl className="answers">
        {session.materials.map((view) => {
          const material = service.materials.find(({ id }) => id === view.materialId);
          return material === undefined ? null : (
            <div key={view.materialId}>
              <dt>{text(material.name)}</dt>
              <dd>
                {view.means === 'paper'
                  ? t(`materials.status.${view.given}`)
                  : t(`means.${view.means}`)}
                {view.pages.length > 0
                  ? `${t('common.separator')}${t('review.pages', { count: view.pages.length })}`
                  : null}
              </dd>
            </div>
          );
        })}
      </dl>
    </Part>
  );
}

function Part(props: {
  readonly name: string;
  readonly onChange: () => void;
  readonly children: ReactNode;
}) {
  const { t } = useWords();
  return (
    <section className="review-part">
      <div className="review-head">
        <h2>{props.name}</h2>
        <Button label={t('review.changeNamed', { name: props.name })} onPress={props.onChange}>
          <Glyph name="pen" />
          {t('review.change')}
        </Button>
      </div>
      {props.children}
    </section>
  );
}
