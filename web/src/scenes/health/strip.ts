/** Positions on the chart of a day: in percent of its width, and of the height of a chart. */

interface Stretch {
  from: string
  to: string
}

const HOUR_MS = 3_600_000

/** Minimum width, so that a failure of one second is visible. */
const NARROWEST = 0.35

export function leftPercent(at: string, day: Stretch): number {
  const [from, to] = [Date.parse(day.from), Date.parse(day.to)]
  return Math.min(Math.max(((Date.parse(at) - from) / (to - from)) * 100, 0), 100)
}

export function widthPercent(stretch: Stretch, day: Stretch): number {
  return Math.max(leftPercent(stretch.to, day) - leftPercent(stretch.from, day), NARROWEST)
}

/** From the start of the day until the connection, on the first day. */
export function timeBefore({ from, states }: Stretch & { states: readonly Stretch[] }): Stretch | undefined {
  const [first] = states
  return first && Date.parse(first.from) > Date.parse(from) ? { from, to: first.from } : undefined
}

/** Combines overlapping marks, with their number. */
export function gathered<T extends { at: string }>(
  marks: readonly T[],
  day: Stretch,
  apartPercent: number,
): { left: number; marks: T[] }[] {
  const groups: { left: number; marks: T[] }[] = []
  for (const mark of marks) {
    const left = leftPercent(mark.at, day)
    const last = groups.at(-1)
    if (last && left - last.left < apartPercent) last.marks.push(mark)
    else groups.push({ left, marks: [mark] })
  }
  return groups
}

/** Every third hour of the clock with its position, including changed clocks. */
export function hourMarks(day: Stretch): { at: Date; left: number }[] {
  const begin = Date.parse(day.from)
  const hours = Math.round((Date.parse(day.to) - begin) / HOUR_MS)
  return Array.from({ length: hours + 1 }, (_, hour) => new Date(begin + hour * HOUR_MS))
    .filter((at) => at.getHours() % 3 === 0)
    .map((at) => ({ at, left: leftPercent(at.toISOString(), day) }))
}

/** Range of a latency chart: the same for every day, so that days can be compared. */
const FASTEST_MS = 100
const SLOWEST_MS = 6 * HOUR_MS

/** Grid lines of a chart. */
export const GRID_MS = [1000, 60_000, HOUR_MS] as const

/** Logarithmic scale: seconds and hours are both visible. */
export function heightPercent(ms: number): number {
  const share = Math.log(Math.max(ms, FASTEST_MS) / FASTEST_MS) / Math.log(SLOWEST_MS / FASTEST_MS)
  return Math.min(Math.max(share * 100, 3), 100)
}
