import { readFileSync } from 'node:fs'

/**
 * Returns the start of a process in ticks since boot, which distinguishes it from a later process with the same id;
 * `undefined` when it doesn't run. Field 22 of proc_pid_stat(5); the name in field 2 may contain any text, also `)`.
 */
export function readStartTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
