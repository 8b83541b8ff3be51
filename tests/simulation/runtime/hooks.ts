import { registerHooks } from 'node:module';

/**
 * Puts the simulation under the code: what the rooms `main/core` and `platform`, and the import of sticks, import of the runtime's
 * files, databases and randomness is ours, so that nothing they do can go around it, and no port had to be
 * made for the sake of a test. Loaded before anything else (`node --import`).
 */
const OURS: Readonly<Record<string, string>> = {
  'node:fs/promises': './fs-promises.ts',
  'node:fs': './fs.ts',
  'node:sqlite': './sqlite.ts',
  'node:crypto': './crypto.ts',
};
/** What the platform has for people and nobody of a simulation opens: pages that are made anew at each start. */
const FOR_PEOPLE: Readonly<Record<string, string>> = {
  '@fastify/swagger': 'export default async () => {}',
  '@fastify/swagger-ui': 'export default async () => {}',
  '../contract/openapi.ts': 'export const openApiDocument = () => ({})',
  '../console/routes.ts':
    'export const consoleRoutes = async () => {}; export const pageHeaders = () => {}',
};
const root = new URL('../../../', import.meta.url).href;
const server = `${root}platform/server/server.ts`;
const rooms = [`${root}main/core/`, `${root}platform/`, `${root}scripts/import/`];

registerHooks({
  resolve(specifier, context, next) {
    const ours = OURS[specifier];
    const from = context.parentURL ?? '';
    const instead = from === server ? FOR_PEOPLE[specifier] : undefined;
    if (instead !== undefined) {
      return { url: `data:text/javascript,${encodeURIComponent(instead)}`, shortCircuit: true };
    }
    if (ours !== undefined && rooms.some((room) => from.startsWith(room))) {
      return { url: new URL(ours, import.meta.url).href, shortCircuit: true };
    }
    return next(specifier, context);
  },
});
