import type { ReactNode } from 'react';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import { materialHandling } from '../../domain/catalogue/visible-materials.ts';
import { isAway, receiptHere, takesPapers, waysHere } from '../devices.ts';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { limitWords } from '../parts/limit-words.ts';
import { Notice } from '../parts/notice.tsx';
import { openedService } from '../page-state.ts';
import { useAct, usePageState, useSession, useWords } from '../use-page.ts';
import { GoneScreen } from './gone.tsx';

/** The whole guide of one service, and what this machine can do for it now. */
export function GuideScreen() {
  const { t, text } = useWords();
  const state = usePageState();
  const session = useSession();
  const act = useAct();
  const service = openedService(state);
  const { terminal } = state;
  if (service === undefined || terminal === null) return <GoneScreen />;
  const stopped = terminal.taking !== 'yes';
  const needsLink = service.offlineMode === 'notAvailable' && terminal.link === 'offline';
  const readerAway = session.applicant === null && isAway(terminal.devices.idCard);
  const possible = session.notEligible.length === 0 && !stopped && !needsLink && !readerAway;
  return (
    <Frame
      screen={`guide ${service.id}`}
      title={text(service.name)}
      next={
        possible
          ? {
              label: t(session.applicant === null ? 'guide.applyNeedsCard' : 'guide.apply'),
              onPress: () => act((core) => core.session.apply()),
            }
          : undefined
      }
    >
      <p className="summary">{text(service.plainSummary)}</p>
      {session.notEligible.length === 0 ? null : (
        <Notice kind="warn" title={t('guide.notEligible')} live>
          {session.notEligible.map(({ rule, value }) => (
            <p key={rule}>{t(`guide.${rule}`, { value })}</p>
          ))}
          <p>{t('guide.notEligibleNext', { phone: service.contacts.consult })}</p>
        </Notice>
      )}
      {terminal.taking === 'yes' ? null : (
        <Notice kind="warn" live>
          <p>{t(`taking.${terminal.taking}`)}</p>
        </Notice>
      )}
      <dl className="facts">
        <Fact name={t('guide.fee')}>
          {service.fee.charged ? text(service.fee.text) : t('common.free')}
        </Fact>
        <Fact name={t('guide.promised')}>{limitWords(t, service.promisedLimit)}</Fact>
        <Fact name={t('guide.minutes')}>
          {t('common.minutes', { n: service.estimatedMinutes })}
        </Fact>
        <Fact name={t('guide.visits')}>
          {service.onSiteVisits === 0
            ? t('guide.visitsNone')
            : t('guide.visitsSome', { n: service.onSiteVisits })}
        </Fact>
      </dl>
      {/* a machine that takes nothing now gets nobody anywhere: the notice above says it */}
      {stopped ? null : <HereNow service={service} />}
      <Chapter title={t('guide.conditions')}>
        <ul className="ticks">
          {service.conditions.map((condition) => (
            <li key={condition.zh}>{text(condition)}</li>
          ))}
        </ul>
      </Chapter>
      <Materials service={service} />
      <Steps service={service} />
      <Chapter title={t('guide.resultName')}>
        <p>{text(service.result.name)}</p>
        <p>
          {t('guide.legal')}
          {t('common.colon')}
          {limitWords(t, service.legalLimit)}
        </p>
        <p>
          {t('guide.department')}
          {t('common.colon')}
          {text(service.department.name)}
        </p>
        <p>
          {t('guide.scope')}
          {t('common.colon')}
          {text(service.scope)}
        </p>
      </Chapter>
      {service.notes.length === 0 ? null : (
        <Chapter title={t('guide.notes')}>
          <ul className="ticks">
            {service.notes.map((note) => (
              <li key={note.zh}>{text(note)}</li>
            ))}
          </ul>
        </Chapter>
      )}
      {service.faq.length === 0 ? null : (
        <Chapter title={t('guide.faq')}>
          {service.faq.map(({ q, a }) => (
            <div className="faq" key={q.zh}>
              <h3>{text(q)}</h3>
              <p>{text(a)}</p>
            </div>
          ))}
        </Chapter>
      )}
      <Chapter title={t('guide.basis')}>
        {service.basis.map((law) => (
          <p key={law.zh}>{text(law)}</p>
        ))}
      </Chapter>
      <Chapter title={t('guide.contacts')}>
        <p>{t('guide.consult', { phone: service.contacts.consult })}</p>
        <p>{t('guide.supervise', { phone: service.contacts.supervise })}</p>
      </Chapter>
    </Frame>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="fact-box">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Chapter({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="chapter">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

const RECEIPT_WORDS = {
  printed: 'guide.hereReceipt',
  tried: 'guide.hereReceiptTried',
  screen: 'guide.hereReceiptScreen',
} as const;

/** Where this machine gets the citizen to, with the devices and the link as they are at this moment. */
function HereNow({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const { terminal, session } = usePageState();
  if (terminal === null) return null;
  const { idCard, receiptPrinter } = terminal.devices;
  const scans = service.materials.some(({ capture }) => capture.includes('scan'));
  const fill = (session !== null && session.applicant !== null) || !isAway(idCard);
  const scan = takesPapers(terminal);
  const link = terminal.link;
  const send = link !== 'offline' || service.offlineMode === 'queue';
  const lines: readonly (readonly [boolean, string])[] = [
    [fill, t(fill ? 'guide.hereFill' : 'guide.hereFillNoReader')],
    [
      !scans || scan,
      t(!scans ? 'guide.hereNoScan' : scan ? 'guide.hereScan' : 'guide.hereScanAway'),
    ],
    [
      send,
      t(
        !send
          ? 'guide.hereSendNeedsLink'
          : link === 'online'
            ? 'guide.hereSend'
            : link === 'offline'
              ? 'guide.hereSendOffline'
              : 'guide.hereSendUnknown',
      ),
    ],
    [true, t(RECEIPT_WORDS[receiptHere(receiptPrinter)])],
    [true, t('guide.hereResult', { department: text(service.department.name) })],
  ];
  return (
    <section className="chapter here-now">
      <h2>{t('guide.here')}</h2>
      <ul>
        {lines.map(([good, words]) => (
          <li key={words} className={good ? 'can' : 'cannot'}>
            <Glyph name={good ? 'check' : 'warn'} />
            <span>{words}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Materials({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const { terminal } = usePageState();
  const ways = terminal === null ? new Set<never>() : waysHere(terminal);
  const cardReader = terminal !== null && !isAway(terminal.devices.securityCard);
  return (
    <Chapter title={t('guide.materials')}>
      {service.materials.length === 0 ? <p>{t('guide.materialsNone')}</p> : null}
      {service.materials.some(({ anyOfGroup }) => anyOfGroup !== undefined) ? (
        <p>{t('guide.anyOf')}</p>
      ) : null}
      <ul className="material-list">
        {service.materials.map((material) => (
          <li key={material.id}>
            <p className="material-name">
              {text(material.name)}
              {material.anyOfGroup === undefined ? null : (
                <span className="tag">{t('guide.anyOfTag')}</span>
              )}
              {material.necessity === 2 ? <span className="tag">{t('guide.optional')}</span> : null}
              {material.necessity === 3 ? <span className="tag">{t('guide.later')}</span> : null}
              {material.visibleIf === undefined ? null : (
                <span className="tag">{t('guide.only')}</span>
              )}
            </p>
            <p>
              {t(
                `means.${cardReader && material.readFrom === 'securityCard' ? 'securityCard' : materialHandling(material, ways)}`,
              )}
            </p>
          </li>
        ))}
      </ul>
    </Chapter>
  );
}

function Steps({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  return (
    <Chapter title={t('guide.steps')}>
      <ol className="way">
        {service.steps.map((step) => (
          <li key={step.name.zh}>
            <p className="material-name">{text(step.name)}</p>
            <p>
              {text(step.actor)}
              {t('common.separator')}
              {limitWords(t, step.limit)}
            </p>
          </li>
        ))}
      </ol>
    </Chapter>
  );
}
