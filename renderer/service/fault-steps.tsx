import { FAULTS, type FaultCode } from '../../domain/device/fault-catalogue.ts';
import { useWords } from '../use-page.ts';

/** A fault as staff and technicians need it: what it means, and what to do, in order. The manual says the same. */
export function FaultSteps(props: {
  readonly code: FaultCode;
  readonly role: 'staff' | 'technician';
}) {
  const { t, text } = useWords();
  const { meaning, steps } = FAULTS[props.code];
  return (
    <>
      <p>{text(meaning)}</p>
      <ol>
        {steps[props.role].map((step) => (
          <li key={step.en}>{text(step)}</li>
        ))}
      </ol>
      <p className="service-small">{t('service.faultCode', { code: props.code })}</p>
    </>
  );
}
