/** PostgreSQL is gone, frozen, out of connections, or its answers are lost on connections that stay open. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import type { WireFailure } from '../crash/tcp-proxy.ts'
import { ask, incidentsSince, settleMail, until, type Answer, type Case } from './case.ts'
import type { Installation } from './installation.ts'
import type { Findings } from './line.ts'
import { processesBelow } from './processes.ts'

/** Ends the failure. */
type Heal = () => Promise<void>

const SETTLE_LIMIT_MS = 90_000
const INCIDENT_LIMIT_MS = 60_000
const LIVE_LIMIT_MS = 2000
const READY_LIMIT_MS = 6000
const ANSWER_LIMIT_MS = 20_000

export const postgresGone = databaseCase('postgres-gone', 60_000, async ({ postgres }) => {
  await postgres.stop()
  return () => postgres.start()
})

export const postgresFrozen = databaseCase('postgres-frozen', 45_000, ({ folder }) => {
  const file = join(folder, 'data/postgres/data/postmaster.pid')
  const pids = processesBelow(Number(readFileSync(file, 'utf8').split('\n')[0])).map(({ pid }) => pid)
  for (const pid of pids) process.kill(pid, 'SIGSTOP')
  return Promise.resolve(async () => {
    for (const pid of pids) process.kill(pid, 'SIGCONT')
  })
})

export const postgresFull = databaseCase('postgres-no-connections', 30_000, ({ postgres }) => {
  const held: (pg.Client & { processID?: number })[] = []
  const state = { isOver: false }
  // A connection that another program gives up is taken before Postkey has it.
  const holding = (async () => {
    while (!state.isOver) {
      const client = new pg.Client({ connectionString: postgres.url })
      client.on('error', () => undefined)
      try {
        await client.connect()
        held.push(client)
      } catch {
        await held[0]?.query(END_OTHERS, [held.map(({ processID }) => processID)])
        await pause(5)
      }
    }
  })()
  return Promise.resolve(async () => {
    state.isOver = true
    await holding
    for (const client of held) await client.end()
  })
})

const END_OTHERS = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
  WHERE backend_type = 'client backend' AND pid <> ALL($1)`

export const postgresSilent = wireCase('silent', 45_000)
export const otherWireFailures = [wireCase('reset', 20_000), wireCase('stalled', 20_000), wireCase('truncated', 20_000)]

function wireCase(failure: WireFailure, forMs: number): Case {
  return databaseCase(`database-${failure}`, forMs, ({ wires }) => {
    wires.database.fail(failure)
    return Promise.resolve(() => {
      wires.database.heal()
      return Promise.resolve()
    })
  })
}

function databaseCase(name: string, forMs: number, fail: (installation: Installation) => Promise<Heal>): Case {
  return {
    name,
    promised:
      'liveness stays 200, readiness and the API answer 503 in time and name the database; mail continues by itself; a closed incident remains',
    async run(context, findings) {
      const installation = await context.installation()
      const { accounts } = installation
      const since = Date.now()
      const pid = installation.served.serverPid()
      for (const account of Object.values(accounts)) await account.submit()
      const heal = await fail(installation)
      try {
        await watch(installation, forMs, findings)
      } finally {
        await heal()
      }
      const recovered = await until(SETTLE_LIMIT_MS, async () => (await health(installation, '/readyz')).status === 200)
      if (recovered === null) findings.faults.push(`/readyz is not 200 ${SETTLE_LIMIT_MS} ms after the end`)
      for (const account of Object.values(accounts)) {
        await account.deliver()
        const { refusal } = await account.submit()
        if (refusal !== undefined) findings.faults.push(`refused after the end: ${refusal}`)
      }
      await Promise.all(Object.values(accounts).map((account) => settleMail(account, SETTLE_LIMIT_MS, findings)))
      if (installation.served.serverPid() !== pid) findings.faults.push('the server ended')
      await judgeIncident(installation, since, findings)
    },
  }
}

/** Sends requests like a supervisor, a load balancer and a program, while mail arrives. */
async function watch(installation: Installation, forMs: number, findings: Findings): Promise<void> {
  const beganAt = performance.now()
  const isOver = () => performance.now() - beganAt > forMs
  const answers: Record<'live' | 'ready' | 'api', Answer[]> = { live: [], ready: [], api: [] }
  const notice = () => (findings.noticedMs ??= Math.round(performance.now() - beganAt))

  async function again(everyMs: number, act: () => Promise<unknown>): Promise<void> {
    while (!isOver()) {
      await act()
      await pause(everyMs)
    }
  }
  await Promise.all([
    again(500, async () => answers.live.push(await health(installation, '/livez'))),
    again(500, async () => {
      const answer = await health(installation, '/readyz')
      answers.ready.push(answer)
      if (answer.status === 503) notice()
    }),
    again(1000, async () => {
      const answer = await askApi(installation)
      answers.api.push(answer)
      if (answer.status === 503 && answer.text.includes('database.')) {
        notice()
        if (answer.text.includes('"fix"')) findings.explained = true
      }
    }),
    again(7000, async () => {
      for (const account of Object.values(installation.accounts)) await account.deliver()
    }),
  ])

  const notLive = answers.live.filter(({ status, ms }) => status !== 200 || ms > LIVE_LIMIT_MS)
  if (notLive.length > 0) findings.faults.push(`/livez: ${described(notLive)} of ${answers.live.length}`)
  const late = answers.ready.filter(({ status, ms }) => status === 0 || ms > READY_LIMIT_MS)
  if (late.length > 0) findings.faults.push(`/readyz: ${described(late)} of ${answers.ready.length}`)
  if (!answers.ready.some(({ status }) => status === 503)) findings.faults.push('/readyz never answered 503')
  const silent = answers.api.filter(({ status }) => status === 0)
  if (silent.length > 0) findings.faults.push(`the API: ${described(silent)} of ${answers.api.length}`)
  findings.saw.push(
    ...Object.entries(answers).map(
      ([what, all]) => `${what}: ${described(all)}, ${Math.max(...all.map(({ ms }) => ms))} ms at most`,
    ),
  )
}

async function judgeIncident(installation: Installation, since: number, findings: Findings): Promise<void> {
  const ofDatabase = async () => {
    const incidents = await incidentsSince(installation, since).catch(() => [])
    return incidents.find(({ forAdmins }) => /^(installation\.database_|database\.)/.test(forAdmins?.reason.code ?? ''))
  }
  const took = await until(INCIDENT_LIMIT_MS, async () => (await ofDatabase())?.state === 'closed')
  const incident = await ofDatabase()
  if (!incident) findings.faults.push('no incident about the database')
  else if (took === null) findings.faults.push(`the incident "${incident.title}" is still open`)
  else findings.saw.push(`incident "${incident.title}" from ${incident.since} to ${incident.closedAt ?? '?'}`)
}

function health(installation: Installation, path: '/livez' | '/readyz'): Promise<Answer> {
  return ask(installation.direct + path, READY_LIMIT_MS + 2000)
}

/** Sends a request as a signed-in admin, through nginx. */
async function askApi({ client }: Installation): Promise<Answer> {
  const beganAt = performance.now()
  const took = () => Math.round(performance.now() - beganAt)
  const asking = client.call('GET', '/v1/incidents?limit=1').then(
    () => ({ status: 200, text: '', ms: took() }),
    (error: unknown) => {
      const text = String(error)
      return { text, status: Number(/: (\d{3}) /.exec(text)?.[1] ?? 0), ms: took() }
    },
  )
  return Promise.race([asking, pause(ANSWER_LIMIT_MS).then(() => ({ status: 0, text: '', ms: took() }))])
}

/** Number of responses by status. */
function described(answers: readonly Answer[]): string {
  const counts = new Map<number, number>()
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].map(([status, n]) => `${n} × ${status === 0 ? 'no answer' : status}`).join(', ')
}
