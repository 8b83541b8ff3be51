import type { Answers, FieldSchema, FormSchema } from '../../domain/catalogue/form.ts';
import { isEditable } from '../../domain/catalogue/prefill.ts';
import { visibleSections } from '../../domain/catalogue/visible-fields.ts';
import type { LocalizedText } from '../../domain/text.ts';
import { optionColumns } from './option-columns.ts';

/** One screen of a form: a few fields of one section. */
export interface FormScreen {
  readonly section: string;
  readonly title: LocalizedText;
  /** `facts`: known already, only to be looked at. `ask`: to be answered. */
  readonly kind: 'facts' | 'ask';
  readonly fields: readonly string[];
}

/** Height of a screen's contents on an upright terminal, and of what stands in it, in px. */
const ROOM = 1120;
const TEXT = 330;
const OPTION_ROW = 112;
const FACT = 150;

function roomOf(schema: FieldSchema): number {
  const help = schema.description === undefined ? 0 : 60;
  const options = schema['x-options'] ?? [];
  switch (schema['x-widget']) {
    case 'address':
      return ROOM;
    case 'commitment':
      return 480;
    case 'date':
      return 690 + help;
    case 'boolean':
      return 240 + help;
    case 'select':
      return 130 + help + Math.ceil(options.length / optionColumns(options, 'zh')) * OPTION_ROW;
    case 'multiselect':
      return 190 + help + options.length * OPTION_ROW;
    default:
      return TEXT + help;
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
      const needed = isFact(field) ? FACT : roomOf(schema);
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
