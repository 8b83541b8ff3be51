/**
 * What Linux says, as Node gives it in `errno`, when a disk does not give back what lies at one place: EIO (5), ENODATA
 * (61), EILSEQ (84) and EREMOTEIO (121) are a block device's words for a medium error, EUCLEAN (117) and EBADMSG (74) a
 * file system's for an inode or a block that is damaged (`errno-base.h`, `errno.h`; ext4 and XFS call the two
 * EFSCORRUPTED and EFSBADCRC). Node has no names for all of them.
 */
const OF_THE_DISK: ReadonlySet<unknown> = new Set([-5, -61, -84, -121, -117, -74]);

/** Whether an error of the file system says that the disk does not give back what lies at one place. */
export function isOfDisk(error: unknown): boolean {
  const { code, errno } = (error ?? {}) as { readonly code?: unknown; readonly errno?: unknown };
  return code === 'EIO' || OF_THE_DISK.has(errno);
}
