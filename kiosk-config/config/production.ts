import type { LocalizedText } from '../../domain/text.ts';
import { isDemoEnrolmentCode } from '../demo/marks.ts';
import type { DevicesConfig } from './devices.ts';
import type { Policy } from './policy.ts';
import type { ConfigProblem } from './problem.ts';
import type { StartConfig } from './start.ts';

/** All that a terminal goes by. */
export interface WholeConfig {
  readonly start: StartConfig;
  readonly policy?: Policy;
  readonly devices?: DevicesConfig;
  /** What the platform says of the keys that the terminal seals to and trusts. */
  readonly keyEnvironment?: 'production' | 'demo';
  readonly catalogueVersion?: string;
}

const LOCAL_HOST = /^(localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/;

/** Whether a host is this machine, so that nothing to it goes over a line. */
export function isThisMachine(host: string): boolean {
  return LOCAL_HOST.test(host);
}

function problem(
  file: string,
  path: string,
  message: LocalizedText,
  remedy: LocalizedText,
): ConfigProblem {
  return { file, path, message, remedy };
}

function startProblems({ start }: WholeConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  const simulated = [
    ...(start.simulatorsUrl === undefined ? [] : ['$.simulatorsUrl']),
    ...(start.simulatedCamera === true ? ['$.simulatedCamera'] : []),
  ];
  for (const path of simulated) {
    found.push(
      problem(
        'start',
        path,
        { zh: '正式环境不能用模拟设备。', en: 'Simulators are not allowed in production.' },
        { zh: '请删去这一项。', en: 'Remove it.' },
      ),
    );
  }
  if (start.enrolmentCode !== undefined && isDemoEnrolmentCode(start.enrolmentCode)) {
    found.push(
      problem(
        'start',
        '$.enrolmentCode',
        { zh: '这是演示用的登记码。', en: 'This enrolment code is for demonstrations.' },
        { zh: '请向平台要正式的登记码。', en: 'Ask the platform for a real one.' },
      ),
    );
  }
  if (start.platformUrl !== undefined && !start.platformUrl.startsWith('https:')) {
    found.push(
      problem(
        'start',
        '$.platformUrl',
        {
          zh: '正式环境必须用 https 连接平台。',
          en: 'Production reaches the platform by https only.',
        },
        { zh: '请改成 https:// 开头的网址。', en: 'Use an address that begins with https://.' },
      ),
    );
  }
  return found;
}

/**
 * Addresses of devices that lie on this machine: there simulators listen, not hardware. A scanner may
 * well be there: ipp-usb serves eSCL of a USB scanner on 127.0.0.1, CUPS its queues.
 */
function localDevices({ devices }: DevicesConfig): readonly string[] {
  // no real reader speaks this line, wherever it is
  const simulated = devices.securityCard?.driver === 'cardLine';
  const found = (['idCard', 'receiptPrinter', 'codeScanner', 'terminalParts'] as const)
    .filter((device) => {
      const config = devices[device];
      const transport = config !== null && 'transport' in config ? config.transport : undefined;
      return transport?.type === 'tcp' && isThisMachine(transport.host);
    })
    .map((device) => `$.devices.${device}.transport.host`);
  return simulated ? [...found, '$.devices.securityCard.transport.host'] : found;
}

function demoThings({
  policy,
  keyEnvironment,
  catalogueVersion,
}: WholeConfig): readonly ConfigProblem[] {
  const found: ConfigProblem[] = [];
  if (policy?.environment === 'demo') {
    found.push(
      problem(
        'policy',
        '$.environment',
        { zh: '平台下发的是演示策略。', en: 'The platform sent a policy for demonstrations.' },
        { zh: '请把终端连到正式平台。', en: 'Connect the terminal to the real platform.' },
      ),
    );
  }
  if (keyEnvironment === 'demo') {
    found.push(
      problem(
        'keys',
        '$',
        { zh: '正式环境不能用演示密钥。', en: 'Demo keys are not allowed in production.' },
        { zh: '请重新向正式平台登记。', en: 'Enrol again with the real platform.' },
      ),
    );
  }
  if (catalogueVersion?.endsWith('-demo') === true) {
    found.push(
      problem(
        'catalogue',
        '$.catalogueVersion',
        { zh: '这是演示事项目录。', en: 'This is the demo catalogue.' },
        { zh: '请由正式平台下发目录。', en: 'Let the real platform send its own.' },
      ),
    );
  }
  return found;
}

/**
 * Everything of a demonstration that a production terminal must refuse; empty when it may start, and
 * always when the start configuration says `demo`.
 */
export function checkProduction(config: WholeConfig): readonly ConfigProblem[] {
  if (config.start.environment !== 'production') return [];
  const local = config.devices === undefined ? [] : localDevices(config.devices);
  return [
    ...startProblems(config),
    ...local.map((path) =>
      problem(
        'devices',
        path,
        {
          zh: '设备地址指向本机，那里只有模拟设备。',
          en: 'The address is this machine itself, where only simulators listen.',
        },
        {
          zh: '请填写设备自己的地址或串口。',
          en: 'Give the address or serial port of the device.',
        },
      ),
    ),
    ...demoThings(config),
  ];
}
