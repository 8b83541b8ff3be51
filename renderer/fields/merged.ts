import type { Answers, FormSchema } from '../../domain/catalogue/form.ts';
import { withAnswer } from '../../domain/catalogue/prefill.ts';
import type { PageState } from '../page-state.ts';

/** The answers as they stand on the screen: those the core has, what was typed since, and what follows from it. */
export function mergedAnswers(form: FormSchema, state: PageState): Answers {
  return Object.entries(state.drafts).reduce<Answers>(
    (answers, [field, value]) => withAnswer(form, answers, field, value),
    state.session?.answers ?? {},
  );
}
