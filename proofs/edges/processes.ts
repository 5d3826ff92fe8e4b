/** The processes of this machine, as /proc lists them. */
import { readdirSync, readFileSync } from 'node:fs'

export interface Process {
  pid: number
  parent: number
  command: string[]
  /** A zombie has ended: its parent alone has not asked for its exit code. */
  isAlive: () => boolean
}

/** The process and all of its descendants. */
export function processesBelow(pid: number): Process[] {
  const all = allProcesses()
  const below = (parent: number): Process[] =>
    all.filter((each) => each.parent === parent).flatMap((each) => [each, ...below(each.pid)])
  return [...all.filter((each) => each.pid === pid), ...below(pid)]
}

export function allProcesses(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? [])
}

function readProcess(pid: number): Process | undefined {
  const stat = statOf(pid)
  if (!stat) return undefined
  const command = readOrEmpty(`/proc/${pid}/cmdline`).split('\0').filter(Boolean)
  return {
    ...{ pid, command, parent: stat.parent },
    isAlive() {
      const now = statOf(pid)
      return now !== undefined && now.startedAt === stat.startedAt && !'ZX'.includes(now.state)
    },
  }
}

/** @see proc_pid_stat(5) */
function statOf(pid: number): { state: string; parent: number; startedAt: string } | undefined {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  // The name of the program may contain spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  if (text === '') return undefined
  return { state: fields[0]!, parent: Number(fields[1]), startedAt: fields[19]! }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
