import type { SetupField, SetupValue } from '../../domain/device/setup-field.ts';
import type { SetupView } from '../../main/contract/service-view.ts';

/** What every field of the form gets. */
export interface SetupFieldProps<F extends SetupField = SetupField> {
  readonly field: F;
  /** Where it stands in the layer: `$.devices.idCard.transport`. */
  readonly path: string;
  readonly value: SetupValue | undefined;
  readonly onChange: (value: SetupValue | undefined) => void;
  readonly problems: SetupView['problems'];
  /** Path of the field whose keyboard is open. */
  readonly typing: string | null;
  readonly onTyping: (path: string | null) => void;
}
