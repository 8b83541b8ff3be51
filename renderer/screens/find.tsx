import { useRef, useState } from 'react';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import { findServices } from '../../domain/catalogue/search.ts';
import { Keyboard } from '../keyboard/keyboard.tsx';
import { Button } from '../parts/button.tsx';
import { CodeOffer } from '../parts/code-offer.tsx';
import { Frame } from '../parts/frame.tsx';
import { Glyph } from '../parts/icons.tsx';
import { limitWords } from '../parts/limit-words.ts';
import { Notice } from '../parts/notice.tsx';
import { Portrait } from '../parts/portrait.tsx';
import { useAct, usePage, usePageState, useSession, useWords } from '../use-page.ts';

/** What would you like to do: by topic, or by what one types. */
export function FindScreen() {
  const { t, text } = useWords();
  const { catalogue, query, topic } = usePageState();
  const { store } = usePage();
  const { applicant } = useSession();
  const [typing, setTyping] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const services = catalogue?.services ?? [];
  const topics = [...new Set(services.map((service) => service.topic.zh))];
  const inTopic = services.filter((service) => topic === null || service.topic.zh === topic);
  const found = query === '' ? inTopic : findServices(services, query);
  const keyboard = typing ? (
    <Keyboard
      field={field}
      value={query}
      onChange={(value) => store.set({ query: value })}
      kind="search"
      onDone={() => setTyping(false)}
    />
  ) : null;
  return (
    <Frame
      screen="find"
      title={t('find.title')}
      aside={applicant === null ? undefined : t('find.hello', { name: applicant.displayName })}
      picture={applicant === null ? undefined : <Portrait photo={applicant.photo} />}
      keyboard={keyboard}
    >
      <Doubts />
      <div className="search">
        <label className="search-box">
          <Glyph name="search" />
          <span className="only-spoken">{t('find.search')}</span>
          <input
            ref={field}
            type="text"
            inputMode="none"
            autoComplete="off"
            maxLength={40}
            placeholder={t('find.search')}
            value={query}
            onFocus={() => setTyping(true)}
            onClick={() => setTyping(true)}
            onChange={(event) => store.set({ query: event.target.value })}
          />
        </label>
        {query === '' ? null : (
          <Button onPress={() => store.set({ query: '' })}>{t('find.clear')}</Button>
        )}
      </div>
      {query !== '' || topics.length < 2 ? null : (
        <div className="topics" role="group" aria-label={t('find.title')}>
          {[null, ...topics].map((name) => (
            <Button
              key={name ?? ''}
              pressed={topic === name}
              onPress={() => store.set({ topic: name })}
            >
              {name === null ? t('find.all') : topicName(services, name, text)}
            </Button>
          ))}
        </div>
      )}
      <p role="status" className={query === '' ? 'only-spoken' : 'quiet'}>
        {found.length === 0 && query !== ''
          ? t('find.none', { query })
          : t('find.results', { count: found.length })}
      </p>
      {catalogue === null ? (
        <Notice kind="warn">
          <p>{t('find.catalogueMissing')}</p>
        </Notice>
      ) : null}
      {found.length === 0 && query !== '' ? (
        <Button look="primary" onPress={() => store.set({ query: '', topic: null })}>
          {t('find.showAll')}
        </Button>
      ) : null}
      <CodeOffer />
      <ul className="cards">
        {found.map((service) => (
          <li key={service.id}>
            <ServiceCard service={service} />
          </li>
        ))}
      </ul>
    </Frame>
  );
}

function topicName(
  services: readonly ServiceItem[],
  topic: string,
  text: (of: ServiceItem['topic']) => string,
): string {
  const one = services.find((service) => service.topic.zh === topic);
  return one === undefined ? topic : text(one.topic);
}

function ServiceCard({ service }: { readonly service: ServiceItem }) {
  const { t, text } = useWords();
  const act = useAct();
  return (
    <button
      type="button"
      className="service-card"
      onClick={() => act((core) => core.session.openService({ serviceId: service.id }))}
    >
      <span className="service-name">{text(service.name)}</span>
      <span className="service-summary">{text(service.plainSummary)}</span>
      <span className="service-facts">
        <span>
          <b>{t('find.fee')}</b> {service.fee.charged ? text(service.fee.text) : t('common.free')}
        </span>
        <span>
          <b>{t('find.time')}</b> {limitWords(t, service.promisedLimit)}
        </span>
      </span>
      <Glyph name="next" />
    </button>
  );
}

/** What is doubtful on the card; never a reason to send anybody away. */
function Doubts() {
  const { t } = useWords();
  const { applicant } = useSession();
  if (applicant === null || applicant.doubts.length === 0) return null;
  return (
    <Notice kind="warn" title={t('doubts.title')}>
      {applicant.doubts.map((doubt) => (
        <p key={doubt}>{t(`doubts.${doubt}`)}</p>
      ))}
    </Notice>
  );
}
