import type { Answers, FieldSchema, FormSchema } from '../../domain/catalogue/form.ts';
import { isEditable } from '../../domain/catalogue/prefill.ts';
import { visibleSections } from '../../domain/catalogue/visible-fields.ts';
import type { LocalizedText } from '../../domain/text.ts';

/** One screen of a form: a few fields of one section. */
export interface FormScreen {
  readonly section: string;
  readonly title: LocalizedText;
  /** `facts`: known already, only to be looked at. `ask`: to be answered. */
  readonly kind: 'facts' | 'ask';
  readonly fields: readonly string[];
}

/** How much room a field takes; a screen holds ROOM. */
const ROOM = 5;

function roomOf(schema: FieldSchema): number {
  const options = schema['x-options']?.length ?? 0;
  switch (schema['x-widget']) {
    case 'address':
    case 'commitment':
      return ROOM;
    case 'date':
      return 3;
    case 'select':
    case 'multiselect':
      return options > 6 ? ROOM : options > 3 ? 3 : 2;
    default:
      return 2;
  }
}

/**
 * The screens of a form for the answers so far: in each section first what is known already, then the
 * questions, a few at a time. The signature has a step of its own and is left out.
 *
 * @param sources - fields that card, computation or platform filled
 */
export function formScreens(
  form: FormSchema,
  answers: Answers,
  sources: Readonly<Record<string, unknown>>,
): readonly FormScreen[] {
  const screens: FormScreen[] = [];
  for (const { section, fields } of visibleSections(form, answers)) {
    const shown = fields.filter((field) => form.properties[field]?.['x-widget'] !== 'signature');
    const isFact = (field: string): boolean =>
      sources[field] !== undefined ||
      (form.properties[field]?.['x-readOnly'] === true && !isEditable(form, field, answers));
    // a fact computed from a question of the same section stands after it
    const firstQuestion = shown.findIndex((field) => !isFact(field));
    const facts = shown.filter(
      (field, i) =>
        isFact(field) && (firstQuestion === -1 || i < firstQuestion || sources[field] === 'card'),
    );
    const head = { section: section.id, title: section.title };
    if (facts.length > 0) screens.push({ ...head, kind: 'facts', fields: facts });
    let group: string[] = [];
    let room = 0;
    for (const field of shown.filter((name) => !facts.includes(name))) {
      const schema = form.properties[field];
      if (schema === undefined) continue;
      const needed = isFact(field) ? 1 : roomOf(schema);
      if (group.length > 0 && room + needed > ROOM) {
        screens.push({ ...head, kind: 'ask', fields: group });
        group = [];
        room = 0;
      }
      group.push(field);
      room += needed;
    }
    if (group.length > 0) screens.push({ ...head, kind: 'ask', fields: group });
  }
  return screens;
}
