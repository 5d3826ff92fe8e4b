/** A long run of one login with two mailboxes: mail in, mail out, and what it costs. */
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { askDatabase, type Asked } from '../crash/facts.ts'
import { connectPart } from '../drill/connected-part.ts'
import type { ControlPanel } from '../drill/control-panel.ts'
import { inParallel } from '../drill/in-parallel.ts'
import { onStage } from '../drill/stage.ts'
import { ADMIN } from '../walk/connect-support.ts'
import type { PostkeyClient } from '../walk/postkey-client.ts'
import { readDatabaseUrl } from '../walk/traces.ts'

const AT_ONCE = 8
const LOOK_EVERY_MS = 500
/** In real time. */
const LIMIT_MS = 11 * 60_000
const LONGEST_MOVE_MS = 60_000

export interface SoakFigures {
  in: number
  out: number
  received: number
  sent: number
  seconds: number
  /** By the clock of the sandbox, from the first message accepted to the last one handed over. */
  clockMinutes: number
  /** Highest age of the oldest queued message, and of a message that left, by the clock. */
  oldestQueuedSeconds: number
  slowestSeconds: number
  /** Messages that left before an older one of the login, and the longest lead. */
  passed: number
  longestLeadSeconds: number
  refusedByLimit: number
  events: Record<string, number>
  eventsPerMessageOut: number
  rssMb: { start: number; end: number; max: number }
  faults: string[]
}

export async function soak(
  { incoming, outgoing }: { incoming: number; outgoing: number },
  say: (line: string) => void,
): Promise<SoakFigures> {
  const order = { name: 'soak', kind: 'shared', count: 2, byMailProtocols: true } as const
  return onStage([order], say, async ({ client, postkey, controlPanel }, cast) => {
    const protocols = { sendsBy: 'smtp' } as const
    const deps = { client, postkey, controlPanel, admin: ADMIN.email }
    const party = await connectPart(deps, cast.get('soak')!, { key: 'SOAK', kind: 'shared', protocols })
    const ask = askDatabase(readDatabaseUrl(postkey.place))
    await until(() => areConnected(client, party.accountIds))
    const rss = createRssWatch(postkey.pid)
    const began = performance.now()
    let written = 0
    const writing = inParallel(
      Array.from({ length: incoming }, (_, n) => n),
      AT_ONCE,
      async (n) => {
        const to = party.part.addresses[n % party.part.addresses.length]!
        await controlPanel.write({ from: party.customer, to, subject: `soak in ${n}` })
        written++
      },
    )
    await inParallel(
      Array.from({ length: outgoing }, (_, n) => n),
      AT_ONCE,
      (n) => submit(client, { n, emailAccountId: party.accountIds[n % party.accountIds.length]! }),
    )
    say(`${seconds(began)} s: ${outgoing} messages are accepted`)
    let oldestQueuedMs = 0
    let state = await stateOf(ask)
    for (let looks = 0; performance.now() - began < LIMIT_MS; looks++) {
      state = await stateOf(ask)
      rss.look()
      if (state.oldest) oldestQueuedMs = Math.max(oldestQueuedMs, controlPanel.now() - state.oldest.getTime())
      if (looks % 20 === 0)
        say(`${seconds(began)} s: ${state.left} left, ${written} written, ${state.received} received`)
      if (state.unsent === 0 && state.received >= incoming) break
      if (state.unsent > 0) await passMinute(controlPanel, state)
      await pause(LOOK_EVERY_MS)
    }
    await writing
    return figuresOf(ask, { incoming, outgoing, began, oldestQueuedMs, state, rss })
  })
}

interface State {
  left: number
  unsent: number
  underWay: number
  received: number
  oldest: Date | null
  heldUntil: Date | null
}

async function stateOf(ask: Asked): Promise<State> {
  const [state] = await ask<State>(`SELECT
    (SELECT count(*)::int FROM submissions WHERE state IN ('handed-over', 'sent')) AS left,
    (SELECT count(*)::int FROM submissions WHERE state IN ('queued', 'sending')) AS unsent,
    (SELECT count(*)::int FROM submissions WHERE state = 'sending') AS "underWay",
    (SELECT count(*)::int FROM messages WHERE subject LIKE 'soak in %') AS received,
    (SELECT min(created_at) FROM submissions WHERE state = 'queued') AS oldest,
    (SELECT max(held_until) FROM sending_lanes) AS "heldUntil"`)
  return state!
}

/** Nothing goes out before the hold ends, so the clock may move there at once. */
async function passMinute(controlPanel: ControlPanel, { heldUntil, underWay }: State): Promise<void> {
  const leftMs = (heldUntil?.getTime() ?? 0) - controlPanel.now()
  if (underWay === 0 && leftMs > 0) await controlPanel.move(Math.min(leftMs + 100, LONGEST_MOVE_MS))
}

async function figuresOf(
  ask: Asked,
  run: {
    incoming: number
    outgoing: number
    began: number
    oldestQueuedMs: number
    state: State
    rss: ReturnType<typeof createRssWatch>
  },
): Promise<SoakFigures> {
  const kinds = await ask<{ kind: string; count: number }>(
    `SELECT kind, count(*)::int AS count FROM events GROUP BY kind ORDER BY kind`,
  )
  const events = Object.fromEntries(kinds.map(({ kind, count }) => [kind, count]))
  const rows = await ask<{ created: Date; gone: Date }>(
    `SELECT created_at AS created, handed_over_at AS gone FROM submissions WHERE handed_over_at IS NOT NULL
     ORDER BY handed_over_at, id`,
  )
  const [refused] = await ask<{ count: number }>(
    `SELECT count(*)::int AS count FROM events WHERE kind = 'submission.queued'
     AND payload ->> 'reason' IN ('transports.smtp_too_many_connections', 'transports.send_limit_reached')`,
  )
  const { passed, longestLeadMs } = orderOf(rows)
  const ofMail = Object.entries(events).filter(([kind]) => kind.startsWith('submission.'))
  const figures = {
    in: run.incoming,
    out: run.outgoing,
    received: run.state.received,
    sent: rows.length,
    seconds: seconds(run.began),
    clockMinutes: inMinutes((rows.at(-1)?.gone.getTime() ?? 0) - Math.min(...rows.map(({ created }) => +created))),
    oldestQueuedSeconds: Math.round(run.oldestQueuedMs / 1000),
    slowestSeconds: Math.round(Math.max(0, ...rows.map(({ created, gone }) => +gone - +created)) / 1000),
    passed,
    longestLeadSeconds: longestLeadMs / 1000,
    refusedByLimit: refused!.count,
    events,
    eventsPerMessageOut: Math.round((100 * ofMail.reduce((sum, [, count]) => sum + count, 0)) / rows.length) / 100,
    rssMb: run.rss.figures(),
  }
  const faults = [
    ...(figures.sent === run.outgoing ? [] : [`${figures.sent} of ${run.outgoing} messages left`]),
    ...(figures.received === run.incoming ? [] : [`${figures.received} of ${run.incoming} messages were received`]),
    ...(figures.refusedByLimit === 0 ? [] : [`the server refused ${figures.refusedByLimit} messages for its limit`]),
    // Two messages are under way at a time, so neighbors may change places.
    ...(longestLeadMs <= MOST_LEAD_MS ? [] : [`a message left ${longestLeadMs / 1000} s before an older one`]),
  ]
  return { ...figures, faults }
}

const MOST_LEAD_MS = 5000

/** Number of positions by which newer messages overtook older ones, and the longest lead. */
function orderOf(rows: readonly { created: Date; gone: Date }[]): { passed: number; longestLeadMs: number } {
  let passed = 0
  let longestLeadMs = 0
  let newest: { created: Date; gone: Date } | undefined
  for (const row of rows) {
    if (newest && row.created < newest.created) {
      passed++
      longestLeadMs = Math.max(longestLeadMs, +row.gone - +newest.gone)
    } else newest = row
  }
  return { passed, longestLeadMs }
}

async function submit(
  client: PostkeyClient,
  { n, emailAccountId }: { n: number; emailAccountId: string },
): Promise<void> {
  const to = [{ name: 'Kim', address: 'kim@customer.example' }]
  const message = {
    emailAccountId,
    to,
    cc: [],
    bcc: [],
    subject: `soak out ${n}`,
    text: 'It is on its way. '.repeat(20),
  }
  await client.call('POST', '/v1/submissions', message, new Headers({ 'idempotency-key': `soak-${n}` }))
}

async function areConnected(client: PostkeyClient, ids: readonly string[]): Promise<boolean> {
  const states = await Promise.all(ids.map((id) => client.call<{ state: string }>('GET', `/v1/email-accounts/${id}`)))
  return states.every(({ state }) => state === 'connected')
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  const limit = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > limit) throw new Error('the mailboxes are not connected within a minute')
    await pause(200)
  }
}

/** Memory of the server, which runs in the process that was started (proc(5), VmRSS). */
function createRssWatch(pid: number) {
  const read = () => {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return Math.round(Number(kilobytes ?? 0) / 1024)
  }
  const start = read()
  let max = start
  return {
    look: () => (max = Math.max(max, read())),
    figures: () => ({ start, end: read(), max }),
  }
}

function seconds(began: number): number {
  return Math.round((performance.now() - began) / 1000)
}

function inMinutes(ms: number): number {
  return Math.round(ms / 6000) / 10
}
