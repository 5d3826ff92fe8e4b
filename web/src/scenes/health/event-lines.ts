/** Events of a day as lines, newest first: the text alternative of the chart. */
import type { AccountHealth, Reason } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { words } from '../../words/index.ts'

export interface Line {
  at: string
  kind: 'state' | 'error' | 'recovery' | 'gap' | 'refresh'
  text: string
  /** The reason, and its fix. */
  reason?: Reason | undefined
  hint?: string | undefined
}

export function eventLines(health: AccountHealth): Line[] {
  const text = words.health.events
  const { states, errors, recoveries, gaps, refreshes } = health
  // The error reports the change into trouble, with the reason; the recovery reports its end.
  const failed = errors.filter(({ of }) => of === 'reading')
  const covered = new Set([...failed, ...recoveries].map(({ at }) => at))
  const lines: Line[] = [
    ...states.flatMap(({ from, state, reason }, n): Line[] =>
      n === 0 || covered.has(from) ? [] : [{ at: from, kind: 'state', text: text.state(words.states[state]), reason }],
    ),
    ...errors.map(({ at, of, reason }): Line => ({
      at,
      kind: 'error',
      text: `${text.error[of]}: ${reason.title}`,
      reason,
    })),
    ...recoveries.map(({ at, since }): Line => ({
      at,
      kind: 'recovery',
      text: text.recovery(durationWords(Date.parse(at) - Date.parse(since))),
    })),
    ...gaps.map((gap): Line => ({
      at: gap.from,
      kind: 'gap',
      text: text.gap(durationWords(durationMs(gap))),
      hint: text.gapHint,
    })),
    ...refreshes.map(({ at, resource, ms }): Line => ({
      at,
      kind: 'refresh',
      text: text.refresh(text.resources[resource] ?? resource, durationWords(ms)),
    })),
  ]
  return lines.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

export function durationMs({ from, to }: { from: string; to: string }): number {
  return Date.parse(to) - Date.parse(from)
}
