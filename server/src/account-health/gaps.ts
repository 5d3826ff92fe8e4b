import { LONGEST_PAUSE_MS, type EmailAccountState, type LifeSpan } from '../email-accounts/index.ts'
import type { StateSpan } from './health.ts'

/** States in which the mailbox is not read completely and no mail is expected. */
const SILENT: ReadonlySet<EmailAccountState> = new Set(['connecting', 'importing', 'paused'])

interface Span {
  from: Date
  to: Date
}

/**
 * Returns periods without a proof of life that exceed the maximum pause. Before the first proof the result is empty.
 * `to` is at most now.
 */
export function findGaps(
  lives: readonly LifeSpan[],
  states: readonly StateSpan[],
  { from, to }: { from: Date; to: Date },
): Span[] {
  const between = lives.map((life, n) => ({ from: life.to, to: lives[n + 1]?.from ?? to }))
  const silent = states.filter(({ state }) => SILENT.has(state))
  return between
    .flatMap((gap) => without(gap, silent))
    .filter((gap) => gap.to.getTime() - gap.from.getTime() > LONGEST_PAUSE_MS)
    .map((gap) => ({ from: gap.from > from ? gap.from : from, to: gap.to < to ? gap.to : to }))
    .filter((gap) => gap.to > gap.from)
}

function without(gap: Span, holes: readonly Span[]): Span[] {
  let parts = [gap]
  for (const hole of holes) {
    parts = parts.flatMap((part) =>
      hole.to <= part.from || hole.from >= part.to
        ? [part]
        : [
            { from: part.from, to: hole.from },
            { from: hole.to, to: part.to },
          ].filter((rest) => rest.to > rest.from),
    )
  }
  return parts
}
