/**
 * Sum of the amounts of the last `lengthMs`, stored in at most 61 numbers under any load. An amount expires with its
 * slice, so up to a sixtieth of the window too early.
 */
export interface SlidingWindow {
  add(nowMs: number, amount: number): void
  total(nowMs: number): number
  /** Milliseconds until the total is at most `level`, if nothing more is added. */
  msUntil(nowMs: number, level: number): number
}

const SLICES = 60

interface Slice {
  startsAt: number
  amount: number
}

export function createSlidingWindow(lengthMs: number): SlidingWindow {
  const sliceMs = Math.ceil(lengthMs / SLICES)
  let slices: Slice[] = []

  // The sandbox's clock can be moved back; slices in the future are then discarded.
  const counting = (nowMs: number) => slices.filter(({ startsAt }) => startsAt > nowMs - lengthMs && startsAt <= nowMs)
  const sum = (some: Slice[]) => some.reduce((total, { amount }) => total + amount, 0)

  return {
    total: (nowMs) => sum(counting(nowMs)),
    add(nowMs, amount) {
      const startsAt = Math.floor(nowMs / sliceMs) * sliceMs
      const last = slices.at(-1)
      if (last?.startsAt === startsAt) last.amount += amount
      else slices = [...counting(nowMs), { startsAt, amount }]
    },
    msUntil(nowMs, level) {
      const some = counting(nowMs)
      let left = sum(some)
      if (left <= level) return 0
      for (const { startsAt, amount } of some) {
        left -= amount
        if (left <= level) return startsAt + lengthMs - nowMs
      }
      return lengthMs
    },
  }
}
