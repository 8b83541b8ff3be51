import { useEffect, useRef, useState } from 'react';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import { isEmptyAnswer, requiredFields } from '../../domain/catalogue/visible-fields.ts';
import type { AnswerValue } from '../../domain/catalogue/form.ts';
import { isAway } from '../devices.ts';
import { FactRow } from '../fields/fact-row.tsx';
import { Field, type Wrong } from '../fields/field.tsx';
import { formScreens, type FormScreen as Screen } from '../fields/form-screens.ts';
import { mergedAnswers } from '../fields/merged.ts';
import { KEYBOARD_PLACE } from '../fields/text-field.tsx';
import { inBackground } from '../in-background.ts';
import { openedService } from '../page-state.ts';
import { Frame } from '../parts/frame.tsx';
import { Notice } from '../parts/notice.tsx';
import { leaveFormScreen } from './leave-form-screen.ts';
import { usePage, usePageState, useSession, useWords } from '../use-page.ts';
import { GoneScreen } from './gone.tsx';

/** The form of the opened service, one topic a screen. */
export function FormScreen() {
  const service = openedService(usePageState());
  return service === undefined ? <GoneScreen /> : <Form service={service} />;
}

function Form({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const page = usePage();
  const state = usePageState();
  const session = useSession();
  const { form } = service;
  const answers = mergedAnswers(form, state);
  const screens = formScreens(form, answers, session.sources);
  const at = Math.min(state.formScreen, Math.max(0, screens.length - 1));
  const screen = screens[at];
  const [typing, setTyping] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [local, setLocal] = useState<Readonly<Record<string, Wrong>>>({});
  const [lookAt, setLookAt] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  const required = requiredFields(form, answers);

  useEffect(() => {
    if (lookAt === 0) return;
    const bad = box.current?.querySelector<HTMLElement>('.field-bad');
    bad?.scrollIntoView({ block: 'start' });
    const control = bad?.querySelector<HTMLElement>('input, button') ?? bad;
    control?.focus({ preventScroll: true });
  }, [lookAt]);

  if (screen === undefined) return <GoneScreen />;

  const change = (field: string, value: AnswerValue): void => {
    page.store.set({ drafts: { ...page.store.get().drafts, [field]: value } });
    setLocal(without(local, field));
  };
  const isReadOnly = (field: string): boolean => form.properties[field]?.['x-readOnly'] === true;
  // what follows from a wrong answer is not there yet: only the answer can be mended
  const othersWrong = (field: string): boolean =>
    session.fieldErrors.some(
      (error) =>
        error.field !== field && screen.fields.includes(error.field) && !isReadOnly(error.field),
    );
  const shownValue = (field: string): AnswerValue | undefined =>
    state.disputing.includes(field) ? state.drafts[field] : answers[field];
  const wrongAt = (field: string): Wrong | undefined => {
    // a card may have filled in meanwhile what was missing
    if (local[field] !== undefined && isEmptyAnswer(shownValue(field))) return local[field];
    const drafted = state.drafts[field];
    if (drafted !== undefined && !same(drafted, session.answers[field])) return undefined;
    const error = session.fieldErrors.find((candidate) => candidate.field === field);
    if (error?.code === 'required' && isReadOnly(field) && othersWrong(field)) return undefined;
    return error === undefined ? undefined : { code: error.code, limit: error.limit };
  };
  const next = async (): Promise<void> => {
    setTyping(null);
    const missing = screen.fields.filter(
      (field) => required.has(field) && !isReadOnly(field) && isEmptyAnswer(shownValue(field)),
    );
    if (missing.length > 0) {
      setLocal(
        Object.fromEntries(
          missing.map((field): [string, Wrong] => [
            field,
            { code: form.properties[field]?.const === true ? 'mustAgree' : 'required' },
          ]),
        ),
      );
      setLookAt((n) => n + 1);
      return;
    }
    setBusy(true);
    const went = await leaveFormScreen(page, service, screen, at);
    setBusy(false);
    if (!went) setLookAt((n) => n + 1);
  };
  const wrongs = screen.fields.filter((field) => wrongAt(field) !== undefined);

  return (
    <Frame
      screen={`form ${at}`}
      title={text(screen.title)}
      aside={t('common.screenOf', { n: at + 1, total: screens.length })}
      keyboard={<div id={KEYBOARD_PLACE} className={typing === null ? '' : 'keyboard-open'} />}
      onBack={at === 0 ? undefined : () => page.store.set({ formScreen: at - 1, saying: null })}
      next={{
        label: t(at === screens.length - 1 ? 'form.allDone' : 'common.next'),
        onPress: () => inBackground(next()),
        busy,
      }}
    >
      <div ref={box} className="fields">
        {wrongs.length === 0 ? null : (
          <Notice kind="bad" live>
            <p>{t('form.fixFirst', { count: wrongs.length })}</p>
          </Notice>
        )}
        <Lead screen={screen} />
        <ProxyCard service={service} screen={screen} />
        {screen.fields.map((field) => {
          const schema = form.properties[field];
          if (schema === undefined) return null;
          const common = {
            id: field,
            schema,
            wrong: wrongAt(field),
            onChange: (value: AnswerValue) => change(field, value),
            typing,
            onTyping: setTyping,
          };
          const isFact =
            session.sources[field] !== undefined ||
            (schema['x-readOnly'] === true && answers[field] !== undefined);
          return isFact ? (
            <FactRow
              key={field}
              {...common}
              value={answers[field]}
              required={required.has(field)}
            />
          ) : (
            <Field key={field} {...common} value={answers[field]} required={required.has(field)} />
          );
        })}
      </div>
    </Frame>
  );
}

function Lead({ screen }: { readonly screen: Screen }) {
  const { t } = useWords();
  const { sources } = useSession();
  if (screen.kind !== 'facts') return null;
  const from = sources[screen.fields[0] ?? ''];
  return (
    <p className="lead">
      {t(
        from === 'platform'
          ? 'form.platformFacts'
          : from === 'card'
            ? 'form.cardFacts'
            : 'form.computedFacts',
      )}
    </p>
  );
}

/** Asks for the card of the one who acts for the applicant, where it would fill something in. */
function ProxyCard(props: { readonly service: ServiceItem; readonly screen: Screen }) {
  const { t } = useWords();
  const { terminal } = usePageState();
  const { sources } = useSession();
  const wanted = props.screen.fields.some(
    (field) =>
      sources[field] !== 'card' &&
      props.service.form.properties[field]?.['x-source'].some((source) =>
        source.startsWith('proxyCard.'),
      ) === true,
  );
  if (!wanted) return null;
  const away = terminal !== null && isAway(terminal.devices.idCard);
  return (
    <Notice kind={away ? 'warn' : 'info'} live>
      <p>{t(away ? 'form.proxyCardReaderAway' : 'form.proxyCard')}</p>
    </Notice>
  );
}

function without(
  all: Readonly<Record<string, Wrong>>,
  field: string,
): Readonly<Record<string, Wrong>> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => name !== field));
}

const same = (a: AnswerValue, b: AnswerValue | undefined): boolean =>
  JSON.stringify(a) === JSON.stringify(b);
