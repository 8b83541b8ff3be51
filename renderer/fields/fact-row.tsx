import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { usePage, usePageState, useSession, useWords } from '../use-page.ts';
import { AnswerShown } from './fact.tsx';
import { Field, type FieldProps, type Wrong } from './field.tsx';

/** What is known already. What the card says can be questioned: then the citizen's word stands beside it. */
export function FactRow(
  props: Omit<FieldProps, 'invalid' | 'describedBy'> & {
    readonly required: boolean;
    readonly wrong: Wrong | undefined;
  },
) {
  const { t, text } = useWords();
  const page = usePage();
  const { disputing, drafts } = usePageState();
  const { sources, disputed } = useSession();
  const { id, schema } = props;
  const questioned = disputing.includes(id) || disputed.includes(id);
  const setDisputing = (on: boolean): void => {
    const others = page.store.get().disputing.filter((field) => field !== id);
    const rest = Object.entries(page.store.get().drafts).filter(([field]) => field !== id);
    page.store.set({
      disputing: on ? [...others, id] : others,
      drafts: Object.fromEntries(rest),
    });
  };
  const takeBack = (): void => {
    setDisputing(false);
    if (!disputed.includes(id)) return;
    inBackground(page.act((core) => core.session.dispute({ field: id })));
  };
  if (questioned) {
    return (
      <Field
        {...props}
        value={disputing.includes(id) ? drafts[id] : props.value}
        onChange={(value) => {
          if (!disputing.includes(id)) setDisputing(true);
          props.onChange(value);
        }}
      >
        <Notice kind="info" live>
          <p>{t('form.disputeNote')}</p>
        </Notice>
        <Button onPress={takeBack}>{t('form.disputeBack')}</Button>
      </Field>
    );
  }
  return (
    <div
      className={props.wrong === undefined ? 'fact' : 'fact field-bad'}
      id={`${id}-field`}
      tabIndex={-1}
    >
      <p className="fact-name">{text(schema.title)}</p>
      <div className="fact-value">
        {props.value === undefined ? (
          <span className="value">{t('review.notAnswered')}</span>
        ) : (
          <AnswerShown schema={schema} value={props.value} />
        )}
        {sources[id] === 'card' ? (
          <button
            type="button"
            className="button button-quiet"
            aria-label={`${t('form.wrong')}${t('common.colon')}${text(schema.title)}`}
            onClick={() => setDisputing(true)}
          >
            {t('form.wrong')}
          </button>
        ) : null}
      </div>
      {props.wrong === undefined ? null : (
        <p className="field-wrong">
          {t(`fieldError.${props.wrong.code}`, { limit: props.wrong.limit ?? '' })}
        </p>
      )}
    </div>
  );
}
