/** Many days by the clock, one after the other: a mailbox with mail every day, and one without. */
import { setTimeout as pause } from 'node:timers/promises'
import { ADMIN } from '../walk/connect-support.ts'
import { connectPart } from './connected-part.ts'
import { receivedBy } from './received.ts'
import { onStage } from './stage.ts'
import type { TimedEvent } from './trial.ts'

const DAY_MS = 24 * 3600 * 1000
const LIMIT_MS = 30_000

export interface DaysFigures {
  days: number
  /** Connection states of the mailbox with mail and of the other one. */
  states: string[]
  refreshes: number[]
  /** Every state other than `connected` in the meantime. */
  troubles: string[]
  lost: number
  twice: number
  faults: string[]
}

export async function manyDays(days: number, say: (line: string) => void): Promise<DaysFigures> {
  const orders = [{ name: 'with mail' }, { name: 'without mail' }]
  return onStage(orders, say, async ({ client, postkey, controlPanel }, cast) => {
    const deps = { client, postkey, controlPanel, admin: ADMIN.email }
    const busy = await connectPart(deps, cast.get('with mail')!, { key: 'BUSY', kind: 'user' })
    const quiet = await connectPart(deps, cast.get('without mail')!, { key: 'QUIET', kind: 'user' })
    const letters: string[] = []
    const until = async (what: string, isSo: () => Promise<boolean>) => {
      const limit = performance.now() + LIMIT_MS
      while (!(await isSo())) {
        if (performance.now() > limit) throw new Error(`not within ${LIMIT_MS} ms: ${what}`)
        await pause(300)
        // A mailbox that was read at the very moment of the move is read again after five minutes.
        await controlPanel.move(60_000)
      }
    }
    for (let day = 1; day <= days; day++) {
      await controlPanel.move(DAY_MS)
      letters.push(
        await controlPanel.write({ from: busy.customer, to: busy.part.addresses[0]!, subject: `day ${day}` }),
      )
      const dayBegan = controlPanel.now()
      for (const party of [busy, quiet]) {
        await until(`day ${day} is read`, async () => {
          const { completeUpTo } = (await party.account()) as { completeUpTo?: string }
          return completeUpTo !== undefined && Date.parse(completeUpTo) >= dayBegan - 60_000
        })
      }
      if (day % 10 === 0) say(`${day} days`)
    }
    await until('the last letter', async () => (await receivedBy(client, busy.accountId, letters.slice(-1))).length > 0)

    const events = await Promise.all([busy, quiet].map(({ grantId }) => eventsOf(grantId)))
    const ofAccounts = await Promise.all([busy, quiet].map(({ accountId }) => eventsOf(accountId)))
    const shown = await receivedBy(client, busy.accountId, letters)
    const figures = {
      days,
      states: [(await busy.account()).state, (await quiet.account()).state],
      refreshes: events.map((each) => each.filter(({ kind }) => kind === 'grant.refreshed').length),
      troubles: [...events, ...ofAccounts].flat().flatMap(({ kind, data, time }) => {
        const { to, reason } = data
        return kind.endsWith('.state_changed') && typeof reason === 'string'
          ? [`${time} ${String(to)} (${reason})`]
          : []
      }),
      // A list of conversations shows the newest 100.
      lost: letters.slice(-100).filter((letter) => !shown.includes(letter)).length,
      twice: shown.length - new Set(shown).size,
    }
    return { ...figures, faults: faultsOf(figures) }

    async function eventsOf(subjectId: string): Promise<TimedEvent[]> {
      const found: TimedEvent[] = []
      for (let after = 0; ;) {
        type Page = { events: TimedEvent[]; next: number; more: boolean }
        const path = `/v1/events?limit=500&after=${after}&subject=${subjectId}`
        const { events: page, next, more } = await client.call<Page>('GET', path)
        found.push(...page)
        if (!more) return found
        after = next
      }
    }
  })
}

/** An access token lives for a day at most, and an idle mailbox refreshes once a day. */
function faultsOf({ days, states, refreshes, lost, twice }: Omit<DaysFigures, 'faults'>): string[] {
  return [
    ...(states.every((state) => state === 'connected') ? [] : [`they are ${states.join(' and ')}`]),
    ...(refreshes.every((count) => count >= days * 0.8) ? [] : [`renewed only ${refreshes.join(' and ')} times`]),
    ...(lost === 0 && twice === 0 ? [] : [`${lost} messages lost, ${twice} twice`]),
  ]
}
