/** What a virtual machine has in it; building and booting know nothing of what runs in it. */
export interface MachineProfile {
  /** Names its initrd in the cache. */
  readonly name: string;
  /** Kernel modules that are there; what they need comes with them. */
  readonly modules: readonly string[];
  /** Loaded when the machine starts, in this order: arguments of modprobe, one module each. */
  readonly load: readonly (readonly string[])[];
  /** Shell lines that run in the host's root, before the program. */
  readonly prepare: readonly string[];
  /** More arguments of QEMU: disks, for example. */
  readonly qemu: readonly string[];
  readonly memoryMb: number;
}

/** What every machine needs to see the host's root. */
export const ROOT_MODULES: readonly string[] = ['virtio_pci', '9pnet_virtio', '9p', 'overlay'];
