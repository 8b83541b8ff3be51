import { isThisMachine } from '../../kiosk-config/index.ts';

/**
 * Why nothing may be sent to this address, in both languages; nothing when it may. The admin token goes along with
 * every request: over http anybody on the way reads it, on this machine alone nobody is on the way.
 *
 * @param pinned - an authority is named for the platform, which proves nothing over http
 */
export function addressRefusal(platform: string, pinned: boolean): string | undefined {
  const { protocol, hostname } = new URL(platform);
  if (protocol === 'https:') return undefined;
  if (pinned) {
    return (
      '写了 --platform-ca，--platform 就要是 https:// 开头的网址：不然管理口令明着发，谁都能看到。' +
      'With --platform-ca, --platform must begin with https://: otherwise the admin token goes for anybody to read.'
    );
  }
  if (protocol === 'http:' && isThisMachine(hostname)) return undefined;
  return (
    '--platform 要是 https:// 开头的网址（只有本机的可以是 http）：不然管理口令明着发，谁都能看到。' +
    '--platform must begin with https:// (http only on this machine): otherwise the admin token goes for anybody to read.'
  );
}
