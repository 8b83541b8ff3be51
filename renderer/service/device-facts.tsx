import { DEED_NAMES, DEVICE_DEEDS } from '../../domain/device/deed.ts';
import { FAULTS } from '../../domain/device/fault-catalogue.ts';
import { HARDWARE_NAMES, HARDWARE_WORDS } from '../../domain/device/hardware-names.ts';
import type { ServiceDeviceView } from '../../main/contract/service-view.ts';
import { dateTimeText } from '../text-forms.ts';
import { useWords } from '../use-page.ts';

/** What a device is, what it did since it was set up, and what was last wrong with it. For technicians. */
export function DeviceFacts({ view }: { readonly view: ServiceDeviceView }) {
  const { t, text, locale } = useWords();
  const { connection, vendorCode, hardware, record } = view;
  if (connection === null) return null;
  const facts: (readonly [string, string | number])[] = [
    [t('service.connection'), connection],
    ...HARDWARE_WORDS.flatMap((word) => {
      const said = hardware[word];
      return said === undefined ? [] : [[text(HARDWARE_NAMES[word]), said] as const];
    }),
    ...(vendorCode === null ? [] : [[t('service.vendorCode'), vendorCode] as const]),
    ...(record === null ? [] : [[t('service.since'), dateTimeText(record.since, locale)] as const]),
    ...DEVICE_DEEDS.flatMap((deed) => {
      const count = record?.counts[deed];
      return count === undefined ? [] : [[text(DEED_NAMES[deed]), count] as const];
    }),
  ];
  return (
    <>
      <dl className="service-facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <LastFault view={view} />
    </>
  );
}

function LastFault({ view: { record, status } }: { readonly view: ServiceDeviceView }) {
  const { t, text, locale } = useWords();
  const last = record?.lastFault ?? null;
  if (last === null) return null;
  const { message, steps } = FAULTS[last.code];
  const code = last.vendorCode === null ? last.code : `${last.code} · ${last.vendorCode}`;
  return (
    <div className="service-small" data-last-fault={last.code}>
      <p>
        {t('service.lastFault', { at: dateTimeText(last.at, locale), what: text(message), code })}
      </p>
      {status.fault?.code === last.code ? null : (
        <ol>
          {steps.technician.map((step) => (
            <li key={step.en}>{text(step)}</li>
          ))}
        </ol>
      )}
    </div>
  );
}
