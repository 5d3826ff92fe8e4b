import { readFileSync } from 'node:fs'

/**
 * When the process began, in ticks since the machine did, which tells it from a later one with the same number;
 * `undefined` when there is none. Field 22 of proc_pid_stat(5); the name in field 2 may contain anything, also `)`.
 */
export function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}
