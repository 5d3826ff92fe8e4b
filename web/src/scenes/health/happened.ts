/** Events of a day as lines, newest first: the text alternative of the chart. */
import type { AccountHealth, Reason } from '../../api/client.ts'
import { durationWords } from '../../components/durations.ts'
import { words } from '../../words/index.ts'

export interface Line {
  at: string
  kind: 'state' | 'error' | 'recovery' | 'gap' | 'refresh'
  text: string
  /** Why, and what ends it. */
  reason?: Reason | undefined
  hint?: string | undefined
}

export function linesOf(health: AccountHealth): Line[] {
  const { happened } = words.health
  const { states, errors, recoveries, gaps, refreshes } = health
  // Its error tells of a change into trouble already, with the reason, and a recovery of the change out of it.
  const failed = errors.filter(({ of }) => of === 'reading')
  const told = new Set([...failed, ...recoveries].map(({ at }) => at))
  const lines: Line[] = [
    ...states.flatMap(({ from, state, reason }, n): Line[] =>
      n === 0 || told.has(from) ? [] : [{ at: from, kind: 'state', text: happened.state(words.states[state]), reason }],
    ),
    ...errors.map(({ at, of, reason }): Line => ({
      at,
      kind: 'error',
      text: `${happened.error[of]}: ${reason.title}`,
      reason,
    })),
    ...recoveries.map(({ at, since }): Line => ({
      at,
      kind: 'recovery',
      text: happened.recovery(durationWords(Date.parse(at) - Date.parse(since))),
    })),
    ...gaps.map((gap): Line => ({
      at: gap.from,
      kind: 'gap',
      text: happened.gap(durationWords(msOf(gap))),
      hint: happened.gapHint,
    })),
    ...refreshes.map(({ at, resource, ms }): Line => ({
      at,
      kind: 'refresh',
      text: happened.refresh(happened.resources[resource] ?? resource, durationWords(ms)),
    })),
  ]
  return lines.sort((a, b) => Date.parse(b.at) - Date.parse(a.at))
}

export function msOf({ from, to }: { from: string; to: string }): number {
  return Date.parse(to) - Date.parse(from)
}
