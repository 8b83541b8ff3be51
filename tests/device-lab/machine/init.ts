import type { MachineProfile } from './profile.ts';
import { ROOT_MODULES } from './profile.ts';

/** Where the program finds the folder that it shares with the host, and where it may write. */
export const GUEST = { out: '/run/out', temporary: '/run/tmp' } as const;

/** In the shared folder: what to run, what it reads, and how it ended. */
export const SHARED = {
  start: 'start.sh',
  preload: 'preload.tar',
  exitCode: 'exit-code',
} as const;

/**
 * The first program of the machine. The host's root, read-only, becomes the machine's; what is written there
 * stays in memory. Asking the host for a file takes long: those that are known to be needed come in one piece.
 * Loads what the profile wants, runs what lies in the shared folder, and switches the machine off.
 */
export function initScript({ load, prepare }: MachineProfile): string {
  const say = (what: string): string => `echo "machine: $(cut -d' ' -f1 /proc/uptime) s: ${what}"`;
  return [
    '#!/bin/busybox sh',
    '/bin/busybox --install -s /bin',
    'export PATH=/bin',
    'mount -t proc proc /proc',
    // Modules that the kernel asks for by itself, when a device of their kind is plugged in.
    'echo /bin/modprobe > /proc/sys/kernel/modprobe',
    'mount -t sysfs sysfs /sys',
    'mount -t devtmpfs dev /dev',
    'mkdir -p /dev/pts /dev/shm',
    'mount -t devpts devpts /dev/pts',
    'mount -t tmpfs shm /dev/shm',
    ...ROOT_MODULES.map((module) => `modprobe ${module}`),
    'ifconfig lo 127.0.0.1 up',
    `fs="trans=virtio,version=9p2000.L,msize=131072"`,
    `mkdir -p /below /above ${GUEST.out}`,
    'mount -t 9p -o "$fs,cache=loose,ro" hostroot /below',
    `mount -t 9p -o "$fs" out ${GUEST.out}`,
    'mount -t tmpfs above /above',
    'mkdir /above/root /above/work',
    `if [ -e ${GUEST.out}/${SHARED.preload} ]; then`,
    `  dd if=${GUEST.out}/${SHARED.preload} bs=1M 2>/dev/null | tar -xf - -C /above/root`,
    'fi',
    'mount -t overlay -o lowerdir=/below,upperdir=/above/root,workdir=/above/work root /host',
    'mount -t tmpfs run /host/run',
    `mkdir -p /host${GUEST.out} /host${GUEST.temporary}`,
    `mount --move ${GUEST.out} /host${GUEST.out}`,
    say('the root of the host is there'),
    ...load.map((words) => `modprobe ${words.join(' ')} || echo "machine: no module ${words[0]}"`),
    'for where in proc sys dev dev/pts dev/shm; do mount --bind /$where /host/$where; done',
    say('the modules are loaded'),
    `cat > /host${GUEST.temporary}/prepare.sh <<'PREPARE'`,
    ...prepare,
    'PREPARE',
    `chroot /host /bin/sh ${GUEST.temporary}/prepare.sh`,
    say('the program starts'),
    `chroot /host /bin/sh ${GUEST.out}/${SHARED.start}`,
    `echo $? > /host${GUEST.out}/${SHARED.exitCode}`,
    say('the program has ended'),
    `umount /host${GUEST.out}`,
    'poweroff -f',
    '',
  ].join('\n');
}
