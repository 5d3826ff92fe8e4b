/** Fifty mailboxes behind one expiring secret: one incident, one alert, and all of them back with the next secret. */
import { setTimeout as pause } from 'node:timers/promises'
import { ADMIN } from '../walk/connect-support.ts'
import { connectPart } from './connected-part.ts'
import { inParallel } from './in-parallel.ts'
import { receivedBy } from './received.ts'
import { onStage } from './stage.ts'

const SECOND_MS = 1000
const HOUR_MS = 3600 * SECOND_MS
/** In real time, for everything that has fallen due. */
const LIMIT_MS = 90 * SECOND_MS
const AT_ONCE = 6
const BACK_WITHIN_MS = 60 * SECOND_MS

export interface FiftyFigures {
  emailAccounts: number
  incidents: number
  alerts: number
  /** Number of mailboxes that the alert names. */
  named: number
  /** By the clock, from the new secret until the last of them was connected. */
  backMs: number
  lost: number
  twice: number
  faults: string[]
}

export async function fifty(count: number, say: (line: string) => void): Promise<FiftyFigures> {
  return onStage(
    [{ name: 'fifty', kind: 'shared', count }],
    say,
    async ({ client, postkey, controlPanel, relay }, cast) => {
      const party = await connectPart({ client, postkey, controlPanel, admin: ADMIN.email }, cast.get('fifty')!, {
        ...{ key: 'FI', kind: 'shared' },
      })
      const { part, accountIds } = party
      const letters = new Map<string, string[]>(accountIds.map((id) => [id, []]))
      const write = (letter: string) =>
        inParallel(accountIds, AT_ONCE, async (id, i) => {
          const to = part.addresses[i]!
          letters.get(id)!.push(await controlPanel.write({ from: party.customer, to, subject: `${letter} ${i}` }))
        })
      type Accounts = { emailAccounts: { id: string; state: string; stateSince: string }[] }
      const accounts = async () => (await client.call<Accounts>('GET', '/v1/email-accounts')).emailAccounts
      const until = async (what: string, isSo: () => Promise<boolean>) => {
        const limit = performance.now() + LIMIT_MS
        while (!(await isSo())) {
          if (performance.now() > limit) throw new Error(`not within ${LIMIT_MS} ms: ${what}`)
          await pause(200)
        }
        say(what)
      }

      await until('all are connected', async () => (await accounts()).every(({ state }) => state === 'connected'))
      await write('before')
      const faultId = await controlPanel.switchOn('secret-expired', { application: part.clientId })
      await controlPanel.move(30 * HOUR_MS)
      await until('all have stopped', async () => (await accounts()).every(({ state }) => state === 'needs-admin'))
      await write('during')
      // Incidents are grouped for 20 seconds before the alert.
      for (let step = 0; step < 8; step++) {
        await controlPanel.move(5 * SECOND_MS)
        await pause(300)
      }
      type Incidents = { incidents: { id: string; affected: { address: string }[] }[] }
      const { incidents } = await client.call<Incidents>('GET', '/v1/incidents')
      const alerts = (await Promise.all(incidents.map(({ id }) => relay.alertsOf(id)))).flat()
      const named = part.addresses.filter((address) => alerts[0]?.text.includes(address)).length

      await party.renewSecret()
      const renewedAt = controlPanel.now()
      await write('after')
      await until('all are back', async () => (await accounts()).every(({ state }) => state === 'connected'))
      const backMs = Math.max(...(await accounts()).map(({ stateSince }) => Date.parse(stateSince))) - renewedAt
      await controlPanel.move(6 * 60 * SECOND_MS)
      const shown = await inParallel(accountIds, AT_ONCE, async (id) => {
        const wanted = letters.get(id)!
        for (let look = 0; look < 50; look++) {
          if ((await receivedBy(client, id, wanted)).length >= wanted.length) break
          await pause(300)
        }
        return { wanted, shown: await receivedBy(client, id, wanted) }
      })
      await controlPanel.switchOff(faultId)
      const figures = {
        ...{ emailAccounts: accountIds.length, incidents: incidents.length, alerts: alerts.length, named, backMs },
        lost: shown.reduce((sum, each) => sum + each.wanted.filter((id) => !each.shown.includes(id)).length, 0),
        twice: shown.reduce((sum, each) => sum + each.shown.length - new Set(each.shown).size, 0),
      }
      return { ...figures, faults: faultsOf(figures) }
    },
  )
}

function faultsOf(figures: Omit<FiftyFigures, 'faults'>): string[] {
  const { emailAccounts, incidents, alerts, named, backMs, lost, twice } = figures
  return [
    ...(incidents === 1 ? [] : [`${incidents} incidents`]),
    ...(alerts === 1 ? [] : [`${alerts} alerts`]),
    ...(named === emailAccounts ? [] : [`${named} of ${emailAccounts} are named`]),
    ...(backMs <= BACK_WITHIN_MS ? [] : [`the last was back after ${backMs} ms`]),
    ...(lost === 0 && twice === 0 ? [] : [`${lost} messages lost, ${twice} twice`]),
  ]
}
