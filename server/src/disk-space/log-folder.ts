import { fstatSync, readlinkSync } from 'node:fs'
import { dirname } from 'node:path'
import type { WatchedVolume } from './disk-space.ts'

/** Returns the folder that standard output is written to, when it is a file with a known name (Linux). */
export function logFolderOf(fd = 1): WatchedVolume | undefined {
  try {
    if (!fstatSync(fd).isFile()) return undefined
    return { path: dirname(readlinkSync(`/proc/self/fd/${fd}`)), content: 'log' }
  } catch {
    return undefined
  }
}
