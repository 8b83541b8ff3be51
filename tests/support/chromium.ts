import chromiumFromNpm from '@sparticuz/chromium';
import { chromium, type Browser } from 'playwright-core';
import { systemChromium } from '../../main/shell/browser/shell.ts';

/** Without these Chromium looks for the internet at every start. */
const QUIET = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/** Which Chromium a headless run uses, and with what arguments. */
export interface ChromiumChoice {
  readonly executablePath: string;
  readonly args: string[];
  readonly from: 'system' | 'npm';
}

let choice: Promise<ChromiumChoice> | undefined;

async function choose(): Promise<ChromiumChoice> {
  const system = process.env['BIANMIN_CHROMIUM'] === 'npm' ? undefined : systemChromium();
  if (system !== undefined) {
    const asRoot = process.getuid?.() === 0;
    return {
      executablePath: system,
      args: asRoot ? [...QUIET, '--no-sandbox'] : QUIET,
      from: 'system',
    };
  }
  // Ships its own libraries and unpacks itself into the temporary folder.
  return {
    executablePath: await chromiumFromNpm.executablePath(),
    args: [...QUIET, '--no-sandbox', '--no-zygote', '--font-render-hinting=none'],
    from: 'npm',
  };
}

/** The system's Chromium, else the one from npm. */
export function chromiumChoice(): Promise<ChromiumChoice> {
  return (choice ??= choose());
}

/** A headless Chromium, whichever there is. */
export async function launchChromium(further: readonly string[] = []): Promise<Browser> {
  const { executablePath, args } = await chromiumChoice();
  return chromium.launch({ executablePath, args: [...args, ...further], headless: true });
}
