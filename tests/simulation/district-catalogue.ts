import type { Catalogue } from '../../domain/catalogue/catalogue.ts';
import { DIVISIONS, REGION } from '../../kiosk-config/catalogue/regions.ts';
import { unemploymentReg } from '../../kiosk-config/catalogue/unemployment-reg.ts';

const { form } = unemploymentReg;
const FIELDS = ['name', 'signature'];
const fields = Object.entries(form.properties).filter(([name]) => FIELDS.includes(name));

/**
 * Nobody looks into it here but the bundle that carries it, which every terminal checks at each start: a form of
 * two fields is enough.
 */
export const CATALOGUE: Catalogue = {
  schemaVersion: 1,
  catalogueVersion: '2026.11.0',
  publishedAt: '2026-11-01T00:00:00+08:00',
  region: REGION,
  divisions: DIVISIONS,
  services: [
    {
      ...unemploymentReg,
      searchKeys: ['shi ye deng ji'],
      form: {
        ...form,
        properties: Object.fromEntries(fields),
        required: FIELDS,
        'x-sections': [
          {
            id: 'basic',
            title: { zh: '个人信息', en: 'About you' },
            fields: FIELDS,
          },
        ],
      },
    },
  ],
};
