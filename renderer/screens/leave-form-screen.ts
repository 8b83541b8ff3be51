import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { AnswerValue } from '../../domain/catalogue/form.ts';
import { formScreens, type FormScreen } from '../fields/form-screens.ts';
import { mergedAnswers, ownDrafts } from '../fields/merged.ts';
import type { PageState, PageStore } from '../page-state.ts';
import type { Page } from '../page.ts';

/** The view that follows a call may come a moment after its answer; longer than this it does not take. */
const VIEW_MS = 700;

/** Waits until the core's view is newer than a revision, or has left the step. */
function newerView(store: PageStore, revision: number): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      const { session } = store.get();
      if (session !== null && session.revision <= revision) return;
      stop();
    };
    const stop = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    };
    const timer = setTimeout(() => stop(), VIEW_MS);
    const unsubscribe = store.subscribe(check);
    check();
  });
}

/** Fields of this screen that the citizen typed into and the core must be told of. */
function changedFields(
  state: PageState,
  screen: FormScreen,
): readonly (readonly [string, AnswerValue])[] {
  return ownDrafts(state).filter(
    ([field, value]) =>
      screen.fields.includes(field) &&
      JSON.stringify(value) !== JSON.stringify(state.session?.answers[field]),
  );
}

/** Tells the core what was typed on a screen. Answers whether that was done. */
async function save(page: Page, screen: FormScreen): Promise<boolean> {
  const state = page.store.get();
  const revision = state.session?.revision ?? 0;
  const changed = changedFields(state, screen);
  const disputes = changed.filter(([field]) => state.disputing.includes(field));
  const answers = changed.filter(([field]) => !state.disputing.includes(field));
  for (const [field, value] of disputes) {
    const done = await page.act((core) => core.session.dispute({ field, value }));
    if (!done) return false;
  }
  if (answers.length > 0) {
    const done = await page.act((core) =>
      core.session.saveAnswers({ answers: Object.fromEntries(answers) }),
    );
    if (!done) return false;
  }
  if (changed.length > 0) await newerView(page.store, revision);
  return true;
}

/**
 * Leaves a screen of the form: saves it, and goes on to the next one; after the last the core looks at
 * the whole form, and the page goes to the first screen where something is wrong.
 *
 * @returns whether the page went on; if not, something on the screen wants to be looked at
 */
export async function leaveFormScreen(
  page: Page,
  service: ServiceItem,
  screen: FormScreen,
  at: number,
): Promise<boolean> {
  const { store } = page;
  if (!(await save(page, screen))) return false;
  const state = store.get();
  const wrong = new Set((state.session?.fieldErrors ?? []).map(({ field }) => field));
  if (screen.fields.some((field) => wrong.has(field))) return false;
  const screens = formScreens(
    service.form,
    mergedAnswers(service.form, state),
    state.session?.sources ?? {},
  );
  if (at + 1 < screens.length) {
    store.set({ formScreen: at + 1 });
    return true;
  }
  const revision = state.session?.revision ?? 0;
  if (!(await page.act((core) => core.session.formDone()))) return false;
  await newerView(store, revision);
  const { session } = store.get();
  if (session?.step !== 'form') return true;
  const bad = screens.findIndex(({ fields }) =>
    fields.some((field) => session.fieldErrors.some((error) => error.field === field)),
  );
  if (bad !== -1) store.set({ formScreen: bad });
  return false;
}
