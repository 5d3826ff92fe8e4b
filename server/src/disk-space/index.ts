/**
 * Free space of the disks that Postkey writes to. Low space opens an incident of the installation. Below a reserve, new
 * messages and attachments are refused with `disk_space.low` (HTTP 507), and everything accepted before is kept and
 * sent.
 */
export { createDiskSpace, type DiskSpace, type DiskSpaceDeps, findLogFolder, type WatchedVolume } from './disk-space.ts'
