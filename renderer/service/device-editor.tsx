import { useEffect, useState } from 'react';
import { DEVICE_NAMES } from '../../domain/device/class-names.ts';
import type { SetupForm } from '../../domain/device/setup-field.ts';
import type { DeviceClass } from '../../domain/device/status.ts';
import type { SetupView } from '../../main/contract/service-view.ts';
import { inBackground } from '../in-background.ts';
import { Button } from '../parts/button.tsx';
import { Notice } from '../parts/notice.tsx';
import { useAct, usePage, useWords } from '../use-page.ts';
import { asDraft, firstDraft, type Draft } from './setup-draft.ts';
import { SetupFieldPart, SetupFields } from './setup-field.tsx';

/** The host closes its devices and opens them anew. */
const SAVE_DEADLINE_MS = 20_000;

/** A device set up by hand: its form comes from the core, which made it from the schema. */
export function DeviceEditor(props: {
  readonly device: DeviceClass;
  readonly setup: SetupView;
  readonly typing: string | null;
  readonly onTyping: (path: string | null) => void;
  readonly onEnd: () => void;
}) {
  const page = usePage();
  const { device, onEnd } = props;
  const [form, setForm] = useState<SetupForm | null>(null);
  useEffect(() => {
    let gone = false;
    const fetch = async (): Promise<void> => {
      const came = await page.act(async (core) => {
        const forms = await core.service.forms();
        if (!gone) setForm(forms[device] ?? null);
      });
      if (!came && !gone) onEnd();
    };
    inBackground(fetch());
    return () => {
      gone = true;
    };
    // asked for once: a form does not change while it is filled
    // the ways back are the same at every drawing
  }, [page, device]);
  return form === null ? <Fetching {...props} /> : <Editor {...props} form={form} />;
}

/** Until the form is there the screen says what it is, and one can leave it. */
function Fetching({ device, onEnd }: Parameters<typeof DeviceEditor>[0]) {
  const { t, text } = useWords();
  return (
    <div className="guided">
      <div className="title">
        <h1>{t('service.form.title', { device: text(DEVICE_NAMES[device]) })}</h1>
        <p className="title-aside">{t('common.loading')}</p>
      </div>
      <Button onPress={onEnd}>{t('service.form.cancel')}</Button>
    </div>
  );
}

function Editor(props: Parameters<typeof DeviceEditor>[0] & { readonly form: SetupForm }) {
  const { t, text } = useWords();
  const page = usePage();
  const act = useAct();
  const { device, setup, form, typing, onTyping, onEnd } = props;
  const before = setup.devices[device];
  const [draft, setDraft] = useState<Draft>(() =>
    before === null || before === undefined ? firstDraft(form) : asDraft(before),
  );
  const { problems } = setup;
  const path = `$.devices.${device}`;
  const save = async (): Promise<void> => {
    onTyping(null);
    await page.act(async (core) => {
      const { saved } = await core.service.saveDevice({ device, value: { ...draft } });
      if (saved) onEnd();
    }, SAVE_DEADLINE_MS);
  };
  const leave = (): void => {
    act((core) => core.service.forgetProblems());
    onEnd();
  };
  // what is wrong where no field stands is told at the top
  const elsewhere = problems.filter(({ path: at }) => at === path || !at.startsWith(path));
  const common = { path, problems, typing, onTyping };
  return (
    <div className="guided" data-editor={device}>
      <div className="title">
        <h1>{t('service.form.title', { device: text(DEVICE_NAMES[device]) })}</h1>
        <p className="title-aside">{t('service.form.how')}</p>
      </div>
      {problems.length === 0 ? null : (
        <Notice kind="bad" live title={t('service.form.wrong', { count: problems.length })}>
          {elsewhere.map((problem) => (
            <p key={problem.path}>
              {t('service.form.wrongElsewhere', { path: problem.path })}
              {`${text(problem.message)} ${text(problem.remedy)}`}
            </p>
          ))}
        </Notice>
      )}
      {form.kind === 'group' ? (
        <SetupFields {...common} fields={form.fields} draft={draft} onChange={setDraft} />
      ) : (
        <SetupFieldPart
          {...common}
          field={form}
          value={draft}
          onChange={(value) => setDraft(asDraft(value))}
        />
      )}
      <Button look="primary" busy={setup.saving} onPress={() => inBackground(save())}>
        {t(setup.saving ? 'service.form.saving' : 'service.form.save')}
      </Button>
      <Button onPress={leave}>{t('service.form.cancel')}</Button>
    </div>
  );
}
