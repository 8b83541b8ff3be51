import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../../..');

interface Checker {
  getConfig(dir: string, file: string, none: null): Promise<Record<string, unknown>>;
  validateConfiguration(
    config: unknown,
    debug: { isEnabled: boolean; add: () => void },
  ): Promise<void>;
}

/** electron-builder's own check lies at a path that is not public: its version is pinned. */
const checker = require(
  join(root, 'node_modules/app-builder-lib/out/util/config/config.js'),
) as Checker;
const debug = { isEnabled: false, add: () => undefined };

it('is a configuration that electron-builder takes', async () => {
  const config = await checker.getConfig(root, 'electron-builder.yml', null);
  await expect(checker.validateConfiguration(config, debug)).resolves.toBeUndefined();
  await expect(
    checker.validateConfiguration({ ...config, electronFusess: {} }, debug),
  ).rejects.toThrow();
});

it('sets the fuses that keep the package from being used as a bare Node', async () => {
  const config = await checker.getConfig(root, 'electron-builder.yml', null);
  expect(config['electronFuses']).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
  });
});

it('packages the Electron that is type-checked against', async () => {
  const config = await checker.getConfig(root, 'electron-builder.yml', null);
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(config['electronVersion']).toBe(manifest.devDependencies['electron']);
});
