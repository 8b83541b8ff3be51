import type { AnswerValue } from '../domain/catalogue/form.ts';
import type { Locale } from '../domain/text.ts';
import type { EnterAnswer, Entering, UnlockAnswer } from '../main/contract/service-view.ts';
import type { SessionView } from '../main/contract/session-view.ts';
import { createCameraWatch, type CameraWatch } from './camera/camera-watch.ts';
import { inBackground } from './in-background.ts';
import { pressKey } from './keypad.ts';
import { createCoreLink, LinkError, type CoreClient } from './link.ts';
import {
  belongsTo,
  besidesNewCard,
  createPageStore,
  receiptsOut,
  rescueOf,
  resetPage,
  type PageState,
  type PageStore,
  type Rescue,
  type Saying,
} from './page-state.ts';

/** How long answers wait for a restarted core to know the same person again. */
const RESCUE_MS = 180_000;
/** Presence is told at most so often. */
const TOUCH_MS = 5_000;

/** The page's doings, over one link and one store. */
export interface Page {
  readonly store: PageStore;
  start(): void;
  stop(): void;
  /** Calls the core; a refusal becomes a word to the citizen. Answers whether it was done. */
  act(run: (client: CoreClient) => Promise<unknown>, deadlineMs?: number): Promise<boolean>;
  /** Says to the core whether the document camera is there. */
  readonly camera: CameraWatch;
  /** Somebody touched the screen. */
  touched(): void;
  setLocale(locale: Locale): void;
  say(saying: Saying | null): void;
  /** Asks to be let in to the service page; null when no answer came. */
  enterService(role: 'staff' | 'technician', pin: string): Promise<EnterAnswer | null>;
  /** Who waits for a citizen's session to end does not want to be let in any more. */
  giveUpService(): void;
  /** Ends the lock of a PIN by a code of the platform; null when no answer came. */
  unlockService(role: 'staff' | 'technician', code: string): Promise<UnlockAnswer | null>;
}

/** The code of the core's refusal; empty for anything else. */
const codeOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : '';

/** Which word stands for which refusal of the core; null: the view that comes says it all. */
function sayingFor(error: unknown): Saying | null {
  if (error instanceof LinkError) return 'tryAgain';
  switch (codeOf(error)) {
    case 'WRONG_STEP':
      return null;
    case 'FORBIDDEN':
      return 'cardFirst';
    case 'DEVICE':
      return 'deviceAway';
    case 'NOT_FOUND':
      return 'notFound';
    default:
      return 'tryAgain';
  }
}

/** Says a value against a card again; one of a card that a restarted core has not read is an answer like others. */
async function disputeOrAnswer(core: CoreClient, field: string, value: AnswerValue): Promise<void> {
  try {
    await core.session.dispute({ field, value });
  } catch (error) {
    if (codeOf(error) !== 'NOT_FOUND') throw error;
    await core.session.saveAnswers({ answers: { [field]: value } });
  }
}

/** The screen of whose session it is. */
const placeOf = ({ session }: PageState): string =>
  session === null ? '' : `${session.sessionId} ${session.step}`;

/** Behind a call, for what a listener has assigned meanwhile. */
const isIn = (standing: Entering): boolean => standing === 'in';

const hasApplicant = (session: SessionView | null): session is SessionView =>
  session !== null && session.applicant !== null;

/**
 * Makes the page's doings.
 *
 * @param url - address of the core's WebSocket
 */
export function createPage(url: string): Page {
  const store = createPageStore();
  let rescueTimer: ReturnType<typeof setTimeout> | undefined;
  let lastTouch = 0;
  let lostSince = false;
  let restoring = false;
  let reclaiming = false;
  /** Screen of the form to show when the next service opens. */
  let landOn = 0;

  const link = createCoreLink(url, {
    onState: (state) => {
      if (state === 'lost') lostSince = true;
      store.set({ link: state });
      if (state === 'online') camera.look();
      if (state === 'online') inBackground(followCodes());
      if (state === 'online') inBackground(followKeys());
      // the first view of a session comes before the line is whole
      checkRescue(store.get().session);
      inBackground(reclaim());
      inBackground(fetchCatalogue());
    },
    onTerminal: (terminal) => {
      const before = JSON.stringify(store.get().terminal?.camera);
      store.set({ terminal });
      if (JSON.stringify(terminal.camera) !== before) camera.setUp();
      inBackground(fetchCatalogue());
    },
    onSession: (session) => {
      takeSession(session);
      inBackground(fetchCatalogue());
    },
  });

  const camera = createCameraWatch({
    settings: () => store.get().terminal?.camera ?? null,
    tell: (report) => link.call((core) => core.camera.report(report)),
    media: typeof navigator === 'undefined' ? undefined : navigator.mediaDevices,
  });

  const takeSession = (next: SessionView | null): void => {
    const before = store.get();
    if (before.session !== null && before.session.sessionId === next?.sessionId) {
      lostSince = false;
      if (next.revision < before.session.revision) return;
      // a word about the last touch means the screen it was made on
      if (next.step !== before.session.step) store.set({ saying: null });
      if (next.serviceId === before.session.serviceId) {
        store.set({ session: next, ...besidesNewCard(before, next) });
      } else {
        store.set({ session: next, drafts: {}, disputing: [], formScreen: landOn });
        landOn = 0;
      }
    } else {
      const rescue = rescueOver(before, next);
      lostSince = false;
      if (before.session !== null || rescue === null) resetPage(store, rescue);
      // who was asked for the PIN has made room for the citizen
      store.set({ session: next, ...(next === null ? {} : { pinAsked: false }) });
    }
    store.set({ receiptsOut: receiptsOut(store.get(), next) });
    checkRescue(next);
  };

  /**
   * What outlives the change to another session, or to none: the answers, when a core that was away may
   * have lost the session without wanting to. A session that ends while the line is whole leaves nothing.
   */
  const rescueOver = (before: PageState, next: SessionView | null): Rescue | null => {
    const rescue = lostSince
      ? (rescueOf(before) ?? before.rescue)
      : before.session === null
        ? before.rescue
        : null;
    if (lostSince) {
      clearTimeout(rescueTimer);
      rescueTimer = setTimeout(() => store.set({ rescue: null }), RESCUE_MS);
    }
    if (rescue !== null && hasApplicant(next) && !belongsTo(rescue, next)) return null;
    return rescue;
  };

  /** Asks a core that has restarted for what was signed before: stored, it has a receipt, not a form. */
  const reclaim = async (): Promise<void> => {
    const { rescue, session, link: state } = store.get();
    if (rescue === null || rescue.submissionId === null) return;
    if (session !== null || state !== 'online' || reclaiming) return;
    const { submissionId, locale } = rescue;
    reclaiming = true;
    try {
      await link.call((core) => core.session.reclaim({ submissionId, locale }));
      store.set({ rescue: null });
    } catch (error) {
      // only this says that nothing was stored; else it is asked again, with the next line or the card
      if (codeOf(error) !== 'NOT_FOUND') return;
      const left = store.get().rescue;
      store.set({
        rescue: left === null || left.serviceId === null ? null : { ...left, submissionId: null },
      });
    } finally {
      reclaiming = false;
    }
  };

  const checkRescue = (session: SessionView | null): void => {
    const { rescue, link: state } = store.get();
    if (rescue === null || !hasApplicant(session) || restoring) return;
    if (!belongsTo(rescue, session) || (session.step !== 'find' && session.step !== 'guide')) {
      store.set({ rescue: null });
    } else if (state === 'online') {
      inBackground(restore(rescue));
    }
  };

  /** Hands the answers to a core that has restarted, and shows the screen where the citizen was. */
  const restore = async (rescue: Rescue): Promise<void> => {
    const { submissionId, serviceId, answers, disputes, formScreen } = rescue;
    const known = submissionId === null ? {} : { submissionId };
    restoring = true;
    landOn = formScreen;
    try {
      // stored, it has no service any more, and is found by its id alone
      await link.call((core) =>
        core.session.restoreAnswers({ serviceId: serviceId ?? '', answers, ...known }),
      );
      for (const [field, value] of Object.entries(disputes)) {
        await act((core) => disputeOrAnswer(core, field, value));
      }
      store.set({ rescue: null });
    } catch (error) {
      landOn = 0;
      store.set({ saying: sayingFor(error) });
      // without an answer it is offered again, with the next view or line; so is what may be stored
      if (error instanceof LinkError) return;
      if (submissionId !== null && codeOf(error) !== 'NOT_FOUND') return;
      store.set({ rescue: null });
    } finally {
      restoring = false;
    }
  };

  let fetching = false;
  let fetchedFor = '';
  const fetchCatalogue = async (): Promise<void> => {
    const { terminal, session, catalogue, link: state } = store.get();
    // a session names its version once a service is opened
    const named = session?.catalogueVersion ?? '';
    const wanted = named === '' ? terminal?.catalogue?.version : named;
    if (fetching || state !== 'online' || wanted === undefined) return;
    if (catalogue?.catalogueVersion === wanted) return;
    // the core gives the newest only: a version it no longer has is not asked for twice
    if (catalogue !== null && fetchedFor === wanted) return;
    fetching = true;
    try {
      const fresh = await link.call((core) => core.terminal.catalogue());
      fetchedFor = wanted;
      // a session keeps the version it began with
      if (catalogue === null || store.get().session === null) store.set({ catalogue: fresh });
    } catch {
      // asked again with the next view
    } finally {
      fetching = false;
    }
  };

  /** Draws the service page until it is left, or the line is cut: then one comes in anew. */
  const followService = async (): Promise<void> => {
    store.set({ pinAsked: false });
    await link.follow(
      (core) => core.service.watch(),
      (service) => store.set({ service }),
    );
    store.set({ service: null });
  };

  /** Waits for a citizen's session to end, which is not touched; the service page opens by itself then. */
  const waitForService = async (until: string): Promise<void> => {
    store.set({ serviceWaits: until });
    let standing: Entering = 'out';
    await link.follow(
      (core) => core.service.entering(),
      (next) => (standing = next),
    );
    store.set({ serviceWaits: null });
    if (isIn(standing)) await followService();
  };

  /** What is held before the code scanner. */
  const followCodes = async (): Promise<void> => {
    await link.follow(
      (core) => core.codes.watch(),
      (code) => store.set({ code }),
    );
    store.set({ code: null });
  };

  /** The tactile keypad moves about in the citizen's page. */
  const followKeys = (): Promise<void> =>
    link.follow(
      (core) => core.keypad.keys(),
      (key) => {
        if (store.get().service === null) pressKey(key);
      },
    );

  const act: Page['act'] = async (run, deadlineMs) => {
    const from = placeOf(store.get());
    try {
      await link.call(run, deadlineMs);
      store.set({ saying: null });
      return true;
    } catch (error) {
      // gone on meanwhile: it was done, or does not matter here; what was stored is not to be pressed again
      if (placeOf(store.get()) === from) store.set({ saying: sayingFor(error) });
      return false;
    }
  };

  return {
    store,
    start: () => link.start(),
    stop: () => {
      clearTimeout(rescueTimer);
      camera.stop();
      link.stop();
    },
    act,
    camera,
    touched: () => {
      const now = Date.now();
      const { session, service } = store.get();
      if (service !== null && now - lastTouch >= TOUCH_MS) {
        lastTouch = now;
        inBackground(act((core) => core.session.touch()));
      }
      if (session === null) return;
      if (session.idle.state === 'active' && now - lastTouch < TOUCH_MS && now >= lastTouch) return;
      lastTouch = now;
      const touch = async (): Promise<void> => {
        try {
          await link.call((core) => core.session.touch());
        } catch {
          // presence is told again with the next touch
        }
      };
      inBackground(touch());
    },
    setLocale: (locale) => {
      if (store.get().session === null) store.set({ attractLocale: locale });
      else inBackground(act((core) => core.session.setLocale({ locale })));
    },
    say: (saying) => store.set({ saying }),
    unlockService: async (role, code) => {
      try {
        return await link.call((core) => core.service.unlock({ role, code }));
      } catch (error) {
        store.set({ saying: sayingFor(error) });
        return null;
      }
    },
    giveUpService: () => {
      store.set({ serviceWaits: null });
      inBackground(act((core) => core.service.giveUp()));
    },
    enterService: async (role, pin) => {
      try {
        const answer = await link.call((core) => core.service.enter({ role, pin }));
        if (answer.is === 'right') inBackground(followService());
        if (answer.is === 'waiting') inBackground(waitForService(answer.until));
        return answer;
      } catch (error) {
        store.set({ saying: sayingFor(error) });
        return null;
      }
    },
  };
}
