import { describe, expect, it } from 'vitest'
import type { PostkeyClient } from '../walk/postkey-client.ts'
import type { ConnectedPart, Reason } from './connected-part.ts'
import type { CatalogueFault, ControlPanel } from './control-panel.ts'
import { createPlan } from './plan.ts'
import type { Relay } from './relay.ts'
import type { Incident } from './history.ts'
import { createTrial } from './trial.ts'
import { judgeTrial } from './verdict.ts'

const BEGAN = Date.parse('2026-03-02T10:00:00Z')
const time = (afterMs: number) => new Date(BEGAN + afterMs).toISOString()
const THROTTLED: Reason = { code: 'transports.throttled', title: 'Throttled', remedy: 'wait', fix: 'Nothing to do.' }

/** A fault noticed after 2 s by an event, whose state had passed before the drill's check. */
function passedTrial(name: string) {
  const fault: CatalogueFault = {
    ...{ name, title: '', part: 'graph', scopes: ['tenant'], options: {}, sparesNewer: false },
  }
  const party = { accountId: 'a', customer: 'kim@customer.example', part: { name: 'Part' } } as ConnectedPart
  const trial = createTrial(fault, createPlan(fault), party)
  trial.visible = { at: time(0), call: 'GET /messages' }
  trial.noticed = { at: BEGAN + 2_000, state: 'degraded', code: THROTTLED.code }
  trial.endedAt = BEGAN + 60_000
  trial.recoveredAt = BEGAN + 61_000
  return trial
}

function judge(
  states: { from: string; to: string; state: string; reason: Reason }[],
  { name = 'graph-throttled', incidents = [] }: { name?: string; incidents?: Incident[] } = {},
) {
  const answers: Record<string, unknown> = {
    '/v1/conversations': { conversations: [] },
    '/v1/incidents': { incidents },
    '/v1/email-accounts/a/health': { states, errors: [] },
  }
  const call = (_method: string, path: string) => Promise.resolve(answers[path.split('?')[0]!])
  const client = { call } as unknown as PostkeyClient
  const controlPanel = { now: () => BEGAN + 62_000, arrived: () => Promise.resolve(1) } as unknown as ControlPanel
  const relay = { alertsOf: () => Promise.resolve([]) } as unknown as Relay
  return judgeTrial(passedTrial(name), { client, controlPanel, relay })
}

it('accepts a fault as explained when the history of its time explains it, though its state has passed', async () => {
  const line = await judge([{ from: time(2_000), to: time(2_500), state: 'degraded', reason: THROTTLED }])

  expect(line).toMatchObject({ explained: 'health', remedy: 'wait', fix: 'Nothing to do.' })
  expect(line.faults).toBeUndefined()
})

it('objects when neither the state nor the history explains a fault', async () => {
  expect(await judge([])).toMatchObject({ explained: null, faults: ['the fault was not explained'] })
})

describe('incidents about mail queued for 15 minutes', () => {
  const MINUTE_MS = 60_000
  const explained = [{ from: time(2_000), to: time(2_500), state: 'degraded', reason: THROTTLED }]
  const incident = (sinceMs: number, openedMs: number, closedMs?: number): Incident => ({
    ...{ id: 'i', cause: 'mailbox', since: time(sinceMs), openedAt: time(openedMs) },
    ...(closedMs !== undefined && { closedAt: time(closedMs) }),
  })
  const faultsOf = async (incidents: Incident[], name = 'send-limit') =>
    (await judge(explained, { name, incidents })).faults ?? []

  it('are allowed for a fault that keeps mail in the outbox, once for each jump of the clock', async () => {
    const waited = [16, 40].map((at) => incident((at - 16) * MINUTE_MS, at * MINUTE_MS, (at + 1) * MINUTE_MS))
    expect(await faultsOf(waited)).toEqual([])
  })

  it.each<[string, Incident[], string | undefined]>([
    ['one that stays open', [incident(0, 16 * MINUTE_MS)], undefined],
    [
      'two whose mail waited for less',
      [20, 40].map((at) => incident((at - 5) * MINUTE_MS, at * MINUTE_MS, (at + 1) * MINUTE_MS)),
      undefined,
    ],
    [
      'two at a fault of reading',
      [20, 40].map((at) => incident(0, at * MINUTE_MS, (at + 1) * MINUTE_MS)),
      'graph-throttled',
    ],
  ])('are a fault of the product: %s', async (_, incidents, name) => {
    expect(await faultsOf(incidents, name)).not.toEqual([])
  })
})
