import type { MachineProfile } from './profile.ts';
import { ROOT_MODULES } from './profile.ts';

/** Where the program finds the folder that it shares with the host, and where it may write. */
export const GUEST = { out: '/run/out', temporary: '/run/tmp' } as const;

/** In the shared folder: what to run, and how it ended. */
export const SHARED = { start: 'start.sh', exitCode: 'exit-code' } as const;

/**
 * The first program of the machine: mounts the host's root read-only, loads what the profile wants, runs what
 * lies in the shared folder with the host's root as its own, and switches the machine off.
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
    'fs="trans=virtio,version=9p2000.L,msize=1048576"',
    'mount -t 9p -o "$fs,cache=loose,ro" hostroot /host',
    'mount -t tmpfs run /host/run',
    `mkdir -p /host${GUEST.out} /host${GUEST.temporary}`,
    `mount -t 9p -o "$fs" out /host${GUEST.out}`,
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
