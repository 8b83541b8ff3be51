import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { SessionStep } from '../../main/contract/session-view.ts';
import { timeAtHall } from '../text-forms.ts';
import { usePage, usePageState, useAct, useWords } from '../use-page.ts';
import { Button } from './button.tsx';
import { EndDialog } from './end-dialog.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Glyph, Seal } from './icons.tsx';
import { Notice } from './notice.tsx';
import { SECOND_TOUCH_MS, useSettled } from './use-settled.ts';

/** The big button of a screen. */
export interface NextButton {
  readonly label: string;
  readonly onPress: () => void;
  readonly busy?: boolean;
}

const WAY = ['form', 'materials', 'sign', 'review', 'receipt'] as const;

/** Head of every screen: whose machine it is, what time, the other language. */
export function Header(props: { readonly onSeal?: () => void }) {
  const { t, text, locale } = useWords();
  const { terminal } = usePageState();
  const page = usePage();
  const changed = useRef(-SECOND_TOUCH_MS);
  const change = (): void => {
    // touched twice it would be the old language again
    if (performance.now() - changed.current < SECOND_TOUCH_MS) return;
    changed.current = performance.now();
    page.setLocale(locale === 'zh' ? 'en' : 'zh');
  };
  return (
    <header className="header">
      <div className="header-seal" onPointerDown={props.onSeal}>
        <Seal />
      </div>
      <div className="header-name">
        <p className="header-hall">
          {terminal === null ? t('common.hallNote') : text(terminal.hall)}
        </p>
        <p className="header-note">
          {terminal?.environment === 'demo' ? t('common.demo') : t('common.hallNote')}
          <Clock />
        </p>
      </div>
      <button
        type="button"
        className="button button-language"
        lang={locale === 'zh' ? 'en' : 'zh-CN'}
        onClick={change}
      >
        {t('common.otherLanguage')}
      </button>
    </header>
  );
}

const timeNow = (): string => timeAtHall(new Date());

function Clock() {
  const [time, setTime] = useState(timeNow);
  useEffect(() => {
    const timer = setInterval(() => setTime(timeNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return <time className="header-clock">{time}</time>;
}

function Progress({ step }: { readonly step: SessionStep }) {
  const { t } = useWords();
  const at = WAY.findIndex((candidate) => candidate === step);
  // the receipt is the end of the way: its room is for the code
  if (at === -1 || step === 'receipt') return null;
  return (
    <div className="progress">
      <p className="progress-words">{t('common.stepOf', { n: at + 1, total: WAY.length })}</p>
      <ol className="progress-bar" aria-hidden="true">
        {WAY.map((name, i) => (
          <li key={name} className={i < at ? 'done' : i === at ? 'now' : ''}>
            {t(`steps.${name}`)}
          </li>
        ))}
      </ol>
    </div>
  );
}

/** A screen of a session: title, contents, and the same ways on and back at the same places. */
export function Frame(props: {
  readonly title: string;
  /** Changes when the screen does: then the focus goes to the title and the scroll to the top. */
  readonly screen: string;
  readonly children: ReactNode;
  readonly next?: NextButton | undefined;
  /** Left out: back is a step of the session. null: there is no way back from here. */
  readonly onBack?: (() => void) | null | undefined;
  readonly aside?: string | undefined;
  /** Stands beside what is said aside. */
  readonly picture?: ReactNode;
  /** A keyboard on screen, between contents and footer. */
  readonly keyboard?: ReactNode;
  readonly canEnd?: boolean;
}) {
  const { t } = useWords();
  const { session, saying } = usePageState();
  const act = useAct();
  const title = useRef<HTMLHeadingElement>(null);
  const scroll = useRef<HTMLElement>(null);
  const [open, setOpen] = useState<'help' | 'end' | null>(null);
  // nor is a button that says something else now touched with its old word in mind
  const settling = !useSettled(`${props.screen} ${props.next?.label ?? ''}`);
  const why = useRef<HTMLDivElement>(null);
  const [tries, setTries] = useState(0);
  const notice = session?.notice ?? 'none';
  useEffect(() => {
    // who pressed the button down there must see up here why it did not go on
    if (notice !== 'none') why.current?.scrollIntoView({ block: 'start' });
  }, [notice, tries]);
  useEffect(() => {
    title.current?.focus({ preventScroll: true });
    scroll.current?.scrollTo(0, 0);
  }, [props.screen]);
  if (session === null) return null;
  const back = (): void => {
    // back from here is the end: nobody who steps back once too often loses what was filled in
    if (session.step === 'find' && session.applicant !== null) setOpen('end');
    else act((core) => core.session.back({ from: session.step }));
  };
  const onBack = props.onBack === undefined ? back : props.onBack;
  const onNext = (): void => {
    setTries(tries + 1);
    props.next?.onPress();
  };
  const typing = props.keyboard !== undefined && props.keyboard !== null;
  return (
    <div
      className={typing ? 'screen screen-typing' : 'screen'}
      data-step={session.step}
      data-screen={props.screen}
      data-print={session.receipt?.print.state}
    >
      <Header />
      <main className="main" ref={scroll} tabIndex={0}>
        <Progress step={session.step} />
        <div className="title">
          <h1 ref={title} tabIndex={-1}>
            {props.title}
          </h1>
          {props.aside === undefined ? null : (
            <p className="title-aside">
              {props.picture}
              {props.aside}
            </p>
          )}
        </div>
        {session.notice === 'none' ? null : (
          <div ref={why} className="why">
            <Notice kind="warn" live>
              <p>{t(`notice.${session.notice}`)}</p>
            </Notice>
          </div>
        )}
        {props.children}
      </main>
      {typing ? props.keyboard : null}
      <div className="saying" role="status">
        {saying === null ? null : <Notice kind="bad">{t(`saying.${saying}`)}</Notice>}
      </div>
      <footer className="footer">
        {props.next === undefined ? null : (
          <div className="footer-next">
            <Button look="primary" onPress={onNext} busy={props.next.busy} settling={settling}>
              {props.next.label}
              <Glyph name="next" />
            </Button>
          </div>
        )}
        <nav className="footer-ways" aria-label={t('common.help')}>
          {onBack === null ? null : (
            <Button id="way-back" onPress={onBack} settling={settling}>
              <Glyph name="back" />
              {t('common.back')}
            </Button>
          )}
          <Button id="way-help" onPress={() => setOpen('help')}>
            <Glyph name="help" />
            {t('common.help')}
          </Button>
          {props.canEnd === false ? null : (
            <Button onPress={() => setOpen('end')}>
              <Glyph name="end" />
              {t('common.end')}
            </Button>
          )}
        </nav>
      </footer>
      {open === 'help' ? <HelpDialog onClose={() => setOpen(null)} /> : null}
      {open === 'end' ? <EndDialog onClose={() => setOpen(null)} /> : null}
    </div>
  );
}
