/**
 * `npm run import -- FOLDER --platform URL --token-file FILE [--platform-ca FILE] [--also-revoked] [--json]`:
 * takes what `npm run outbox -- export` put on a stick to the platform, and compares the terminal's audit chain
 * with the platform's cases. Doing it twice is doing it once. Exit 1 when anything is not there in the end,
 * 2 when nothing was tried.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Agent, fetch } from 'undici';
import { loadAuthorities, problemText } from '../kiosk-config/index.ts';
import { trusting } from '../main/core/adapters/certificate.ts';
import { addressRefusal } from './import/address.ts';
import { importFolder, NotAnExport, type ImportOptions } from './import/import-folder.ts';
import { reportWords } from './import/report-words.ts';

const USAGE =
  '用法 Usage: npm run import -- FOLDER --platform URL --token-file FILE [--platform-ca FILE] [--also-revoked] [--json]';

function commandLine() {
  try {
    const { values, positionals } = parseArgs({
      options: {
        platform: { type: 'string' },
        'token-file': { type: 'string' },
        'platform-ca': { type: 'string' },
        'also-revoked': { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const { platform, 'token-file': tokenFile } = values;
    const [folder, ...more] = positionals;
    if (folder === undefined || more.length > 0) return undefined;
    if (platform === undefined || !URL.canParse(platform) || tokenFile === undefined) {
      return undefined;
    }
    return { folder, platform, tokenFile, ...values };
  } catch {
    return undefined;
  }
}

/** Requests for which these authorities alone are trusted. */
function fetchTrusting(pem: string): Pick<ImportOptions, 'fetch'> {
  const dispatcher = new Agent({ connect: trusting(pem) });
  return { fetch: (url, init) => fetch(url, { ...init, dispatcher }) };
}

async function main(): Promise<number> {
  const told = commandLine();
  if (!told) {
    console.error(USAGE);
    return 2;
  }
  const caFile = told['platform-ca'];
  const refusal = addressRefusal(told.platform, caFile !== undefined);
  if (refusal !== undefined) {
    console.error(refusal);
    return 2;
  }
  const authorities =
    caFile === undefined ? undefined : await loadAuthorities(caFile, '--platform-ca');
  if (authorities?.ok === false) {
    console.error(authorities.error.map(problemText).join('\n'));
    return 2;
  }
  try {
    const token = (await readFile(told.tokenFile, 'utf8')).trim();
    const report = await importFolder(told.folder, {
      platform: told.platform,
      token,
      alsoRevoked: told['also-revoked'],
      ...(authorities && fetchTrusting(authorities.value.pem)),
    });
    if (told.json) console.log(JSON.stringify(report));
    else for (const line of reportWords(report)) console.log(line);
    return report.complete ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotAnExport)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
