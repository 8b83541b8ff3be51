import type { Locator, Page } from 'playwright-core';
import type { AnswerValue, FieldSchema } from '../../domain/catalogue/form.ts';
import type { ServiceItem } from '../../domain/catalogue/catalogue.ts';
import type { DemoPersona } from '../../drivers/simulator-host/personas.ts';
import { zh } from '../../renderer/messages/zh.ts';
import { answerOf } from './answers.ts';

async function choose(field: Locator, value: string): Promise<void> {
  await field.locator(`label.option:has(input[value="${value}"])`).tap();
}

async function fillField(
  field: Locator,
  id: string,
  schema: FieldSchema,
  answer: AnswerValue,
): Promise<void> {
  switch (schema['x-widget']) {
    case 'address': {
      const { division = '', detail = '' } = answer as Readonly<Record<string, string>>;
      await choose(field, division);
      await field.locator(`[id="${id}"]`).fill(detail);
      return;
    }
    case 'date':
      await field.getByRole('button', { name: zh.date.yesterday, exact: true }).tap();
      return;
    case 'select':
      return choose(field, answer as string);
    case 'boolean':
      return choose(field, answer === true ? 'yes' : 'no');
    case 'multiselect': {
      const labels = (schema['x-options'] ?? []).filter(({ value }) =>
        (answer as readonly string[]).includes(value),
      );
      for (const { label } of labels)
        await field.locator('label.option', { hasText: label.zh }).tap();
      return;
    }
    case 'commitment':
      await field.locator('label.option').tap();
      return;
    case 'text':
    case 'personName':
    case 'idNumber':
    case 'mobile':
    case 'bankCard':
      await field.locator(`[id="${id}"]`).fill(answer as string);
      return;
    case 'signature':
  }
}

/** Fills what is asked on the screen of the form that is shown; what the card knows is left as it is. */
async function fillScreen(page: Page, service: ServiceItem, persona: DemoPersona): Promise<void> {
  const done = new Set<string>();
  for (;;) {
    // Asked anew each time: an answer can bring questions, or turn one into a fact.
    const shown = await page
      .locator('.fields .field')
      .evaluateAll((fields) => fields.map(({ id }) => id.replace(/-field$/, '')));
    const id = shown.find((field) => !done.has(field));
    if (id === undefined) return;
    done.add(id);
    const schema = service.form.properties[id];
    const answer = schema === undefined ? undefined : answerOf(persona, id, schema);
    if (schema === undefined || answer === undefined) continue;
    await fillField(page.locator(`.fields [id="${id}-field"]`), id, schema, answer);
  }
}

/** Goes through the whole form, screen by screen. Throws with the page's own words when it does not go on. */
export async function fillForm(
  page: Page,
  service: ServiceItem,
  persona: DemoPersona,
  shoot: (name: string) => Promise<void>,
): Promise<void> {
  const screen = page.locator('.screen');
  for (let at = 0; at < 40; at++) {
    const here = await screen.getAttribute('data-screen');
    if ((await screen.getAttribute('data-step')) !== 'form') return;
    await fillScreen(page, service, persona);
    await shoot(`form-${String(at + 1)}`);
    await page.locator('.footer-next button').tap();
    await page
      .locator(`.screen:not([data-screen="${here ?? ''}"]), .field-bad`)
      .first()
      .waitFor({ timeout: 60_000 });
    const wrong = await page.locator('.field-bad .field-wrong').allInnerTexts();
    if (wrong.length > 0) throw new Error(`the form does not go on: ${wrong.join(' ')}`);
  }
  throw new Error('the form has no end');
}
