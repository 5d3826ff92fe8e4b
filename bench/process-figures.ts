/** Cost of processes, as counted by the kernel (proc(5)). */
import { readdirSync, readFileSync } from 'node:fs'

/** USER_HZ, which is 100 on every Linux that runs Node. */
const TICKS_PER_SECOND = 100

/** The process and all that it began, and they. */
export function listFamily(pid: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const parent = statOf(Number(name))?.parent
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)])
  }
  const family: number[] = []
  for (let wave = [pid]; wave.length > 0; wave = wave.flatMap((each) => children.get(each) ?? [])) family.push(...wave)
  return family
}

/** CPU seconds so far of those of them that live, and of their children that have ended. */
export function sumCpuSeconds(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (statOf(pid)?.cpuSeconds ?? 0), 0)
}

/** Memory in bytes, each page that several share counted once (`Pss`). */
export function sumMemoryBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(readOrEmpty(`/proc/${pid}/smaps_rollup`))?.[1]
    return sum + Number(kilobytes ?? 0) * 1024
  }, 0)
}

/** The command line, for choosing among a family. */
export function readCommand(pid: number): string {
  return readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')
}

function statOf(pid: number): { parent: number; cpuSeconds: number } | undefined {
  // The name of the program stands in parentheses and may hold anything.
  const fields = readOrEmpty(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ')
  if (!fields || fields.length < 15) return undefined
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  return { parent: Number(fields[1]), cpuSeconds: ticks / TICKS_PER_SECOND }
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
