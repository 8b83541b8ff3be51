import { describe, expect, test } from 'vitest';
import { prefill } from '../../domain/catalogue/prefill.ts';
import { atForm, catalogue, filled, person, service } from '../../tests/page/views.ts';
import { formScreens } from './form-screens.ts';

describe('screens of a form', () => {
  test.each(catalogue.services.map(({ id }) => id))(
    'of %s: every field that is asked stands on exactly one screen, the signature on none',
    (id) => {
      const { form } = service(id);
      const { answers, sources } = filled(id);
      const shown = formScreens(form, answers, sources).flatMap(({ fields }) => fields);
      expect(new Set(shown).size).toBe(shown.length);
      expect(shown).not.toContain('signature');
      for (const field of shown) expect(form.properties[field]).toBeDefined();
      expect(shown).toContain('commit');
      expect(shown).toContain('name');
    },
  );

  test('what the card knows comes first, by itself', () => {
    const { answers, sources } = atForm('unemployment-reg');
    const [first, second] = formScreens(service('unemployment-reg').form, answers, sources);
    expect(first).toMatchObject({ kind: 'facts', fields: ['name', 'idNo', 'gender', 'birthDate'] });
    expect(second).toMatchObject({ kind: 'ask', fields: ['address'] });
  });

  test('without a card everything is asked', () => {
    const { form } = service('unemployment-reg');
    const { answers } = prefill(form, {});
    expect(formScreens(form, answers, {}).every(({ kind }) => kind === 'ask')).toBe(true);
  });

  test('a section that a condition opens has its screens only then', () => {
    const { form } = service('disability-subsidy');
    const { answers, sources } = filled('disability-subsidy');
    const sections = (isProxy: boolean): readonly string[] =>
      formScreens(form, { ...answers, isProxy }, sources).map(({ section }) => section);
    expect(sections(false)).not.toContain('proxy');
    expect(sections(true)).toContain('proxy');
  });

  test('what follows from a question of the same section stands after it', () => {
    const { form } = service('disability-subsidy');
    const { answers, sources } = prefill(form, { applicant: person });
    const typed = { ...answers, disabilityCertNo: '50019919920118003342', disabilityType: '4' };
    const screens = formScreens(form, typed, sources);
    const at = (field: string): number => screens.findIndex(({ fields }) => fields.includes(field));
    expect(at('disabilityType')).toBe(at('disabilityCertNo'));
  });
});
