import type { MachineProfile } from './machine/profile.ts';

/** Ports of the machine's emulated USB: as many devices can be plugged in at the same time. */
export const USB_PORTS = 8;

/** A machine with USB ports whose far ends are programs, HID devices made by programs, and a camera. */
export const DEVICE_LAB: MachineProfile = {
  name: 'device-lab',
  modules: [
    ...['configfs', 'dummy_hcd', 'libcomposite'],
    ...['usb_f_hid', 'usb_f_acm', 'usb_f_printer', 'usb_f_fs'],
    ...['uhid', 'hid-generic', 'usbhid', 'cdc-acm', 'usblp', 'vivid'],
  ],
  load: [
    ['configfs'],
    ['dummy_hcd', `num=${String(USB_PORTS)}`],
    ['libcomposite'],
    ['uhid'],
    ['hid-generic'],
    ['usbhid'],
    ['cdc-acm'],
    ['usblp'],
    // One camera that only takes pictures: its radio and television parts take long to make.
    ['vivid', 'n_devs=1', 'node_types=0x1'],
  ],
  prepare: [
    'mount -t configfs configfs /sys/kernel/config',
    // SerialPort.list() asks udev for the ids of a port's adapter.
    '/lib/systemd/systemd-udevd --daemon',
    'udevadm trigger --action=add --subsystem-match=usb --subsystem-match=tty --subsystem-match=video4linux',
    'udevadm settle --timeout=60',
  ],
  qemu: [],
  memoryMb: 1_024,
};
