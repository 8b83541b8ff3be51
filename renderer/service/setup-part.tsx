import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import type { DeviceClass } from '../../domain/device/status.ts';
import type { SetupView } from '../../main/contract/service-view.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { dateTimeText } from '../text-forms.ts';
import { useAct, useWords } from '../use-page.ts';

/** Looking for a wall of silent ports takes its time; so does a host that closes its devices. */
const SAVE_DEADLINE_MS = 20_000;

/** Nothing that is asked tells it: a code is shown to it as soon as it is set up. */
function isProvedByCode(protocol: string): boolean {
  return protocol === 'serialCodes';
}

/** Whether a set-up came to where it was meant to go. */
function isCarried(outcome: NonNullable<SetupView['carried']>['outcome']): boolean {
  return outcome === 'written' || outcome === 'read';
}

/** Where a technician sets devices up: find, use, carry to another terminal, go back. */
export function SetupPart({ setup }: { readonly setup: SetupView }) {
  const { t, text, locale } = useWords();
  const act = useAct();
  const { state, found } = setup.detection;
  const use = (index: number, protocol: string): void =>
    act(async (core) => {
      await core.service.assign({ index });
      if (isProvedByCode(protocol)) await core.service.test({ device: 'codeScanner' });
    }, SAVE_DEADLINE_MS);
  return (
    <>
      <h2>{t('service.setup.title')}</h2>
      <p>{t('service.setup.version', { n: setup.version })}</p>
      {setup.problems.map(({ path, message, remedy }) => (
        <Notice key={path} kind="bad" live title={text(message)}>
          <p>{text(remedy)}</p>
          <p className="service-small">{path}</p>
        </Notice>
      ))}
      {state === 'running' ? (
        <Notice kind="info" live title={t('service.setup.running')} />
      ) : (
        <Button onPress={() => act((core) => core.service.detect())}>
          {t('service.setup.detect')}
        </Button>
      )}
      {state === 'failed' ? <Notice kind="bad" live title={t('service.setup.failed')} /> : null}
      {state === 'done' && found.length === 0 ? (
        <Notice kind="info" live title={t('service.setup.nothing')} />
      ) : null}
      {found.map((one, index) => (
        <section key={one.connection} className="chapter" data-found={one.device}>
          <h3>
            {one.device === 'unknown' ? t('service.setup.unknown') : text(DEVICE_NAMES[one.device])}
          </h3>
          <p>{t(`service.setup.confidence.${one.confidence}`)}</p>
          {one.model === null ? null : <p>{one.model}</p>}
          <p className="service-small">{`${t('service.connection')} ${one.connection}`}</p>
          <p className="service-small">{text(one.evidence)}</p>
          {one.usable ? (
            <Button busy={setup.saving} onPress={() => use(index, one.protocol)}>
              {t(isProvedByCode(one.protocol) ? 'service.setup.useAndScan' : 'service.setup.use')}
            </Button>
          ) : null}
        </section>
      ))}
      <h3>{t('service.setup.carry.title')}</h3>
      <p className="service-small">{t('service.setup.carry.how')}</p>
      <div className="dialog-buttons">
        <Button
          busy={setup.saving}
          onPress={() => act((core) => core.service.exportSetup(), SAVE_DEADLINE_MS)}
        >
          {t('service.setup.carry.write')}
        </Button>
        <Button
          busy={setup.saving}
          onPress={() => act((core) => core.service.importSetup(), SAVE_DEADLINE_MS)}
        >
          {t('service.setup.carry.read')}
        </Button>
      </div>
      {setup.carried === null ? null : (
        <Notice
          kind={isCarried(setup.carried.outcome) ? 'good' : 'bad'}
          live
          title={t(`service.setup.carried.${setup.carried.outcome}`)}
        >
          {setup.carried.notes.map(({ device, text: note }) => (
            <p key={`${device} ${note.en}`}>{`${text(DEVICE_NAMES[device])}：${text(note)}`}</p>
          ))}
        </Notice>
      )}
      {setup.earlier.slice(0, 5).map(({ version, at }) => (
        <section key={version} className="chapter" data-version={version}>
          <p>{t('service.setup.earlier', { n: version, at: dateTimeText(at, locale) })}</p>
          <Button
            busy={setup.saving}
            onPress={() => act((core) => core.service.rollBack({ version }), SAVE_DEADLINE_MS)}
          >
            {t('service.setup.back')}
          </Button>
        </section>
      ))}
    </>
  );
}

/** Says that a device is not meant to be there; it can be found again. */
export function RemoveButton({ device }: { readonly device: DeviceClass }) {
  const { t } = useWords();
  const act = useAct();
  return (
    <Button
      look="danger"
      onPress={() => act((core) => core.service.remove({ device }), SAVE_DEADLINE_MS)}
    >
      {t('service.setup.remove')}
    </Button>
  );
}
