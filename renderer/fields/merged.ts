import type { Answers, AnswerValue, FormSchema } from '../../domain/catalogue/form.ts';
import { withAnswer } from '../../domain/catalogue/prefill.ts';
import type { PageState } from '../page-state.ts';

/** The answers as they stand on the screen: those the core has, what was typed since, and what follows from it. */
export function mergedAnswers(form: FormSchema, state: PageState): Answers {
  return ownDrafts(state).reduce<Answers>(
    (answers, [field, value]) => withAnswer(form, answers, field, value),
    state.session?.answers ?? {},
  );
}

/** What was typed, without what a card filled in meanwhile: that stands unless it is questioned. */
export function ownDrafts(state: PageState): readonly (readonly [string, AnswerValue])[] {
  const { session, drafts, disputing } = state;
  return Object.entries(drafts).filter(
    ([field]) =>
      session?.sources[field] !== 'card' ||
      session.disputed.includes(field) ||
      disputing.includes(field),
  );
}
