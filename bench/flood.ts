/** 600 addresses that try passwords at the same time: the server, the sync and the admin meanwhile. */
import { Agent, request, type IncomingHttpHeaders } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { ADMIN, SHARED } from '../proofs/walk/connect-support.ts'
import { createCustomer } from '../proofs/walk/outside-customer.ts'
import { percentile, type Bench } from './figures.ts'
import { onStage, type Stage } from './stage.ts'

const CLIENTS = 600
const MOST_HEALTH_MS = 300
const PROBE_EVERY_MS = 25
const LETTER_EVERY_MS = 500
const SIGN_IN_EVERY_MS = 1000

export async function flood(bench: Bench): Promise<void> {
  const seconds = bench.quick ? 8 : 30
  await onStage(bench, async (stage) => {
    const known = await signIn(stage, '127.9.0.1')
    if (known.status !== 200) throw new Error(`the admin could not sign in before: ${known.status}`)
    const cookie = (known.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ')
    const watched = { stage, cookie, seen: new Set<number>() }
    const alone = await watch(watched, pause(seconds * 500))
    const statuses = new Map<number, number>()
    const beside = await watch(watched, attack(stage, seconds * 1000, statuses))
    report(bench, { alone, beside, statuses, seconds })
  })
}

interface Meanwhile {
  health: number[]
  letters: number[]
  known: Attempt[]
  unknown: Attempt[]
}

interface Attempt {
  status: number
  ms: number
}

function report(
  { tell }: Bench,
  measured: { alone: Meanwhile; beside: Meanwhile; statuses: ReadonlyMap<number, number>; seconds: number },
): void {
  const { alone, beside, statuses, seconds } = measured
  for (const percent of [50, 99]) {
    tell({
      ...{ name: `GET /healthz in a flood, p${percent}`, value: percentile(beside.health, percent), unit: 'ms' },
      baseline: percentile(alone.health, percent),
      ...(percent === 99 && { wanted: { atMost: MOST_HEALTH_MS } }),
    })
    tell({
      ...{ name: `letter to event in a flood, p${percent}`, value: percentile(beside.letters, percent), unit: 'ms' },
      baseline: percentile(alone.letters, percent),
    })
  }
  for (const kind of ['known', 'unknown'] as const) {
    const done = beside[kind].filter(({ status }) => status === 200)
    const name = `sign-ins of the admin on ${kind} devices`
    tell({ name, value: done.length, unit: `of ${beside[kind].length}`, baseline: alone[kind].length })
    if (done.length > 0) {
      const each = done.map(({ ms }) => ms)
      tell({ name: `${name}, slowest`, value: Math.max(...each), unit: 'ms' })
    }
  }
  for (const [status, count] of statuses) {
    tell({ name: `attempts of the flood answered with ${status}`, value: count / seconds, unit: '1/s' })
  }
}

/** Watches the server, the arrival of mail, and sign-ins of the admin until `end`. `seen`: events of earlier letters. */
async function watch(
  { stage, cookie, seen }: { stage: Stage; cookie: string; seen: Set<number> },
  end: Promise<unknown>,
): Promise<Meanwhile> {
  const meanwhile: Meanwhile = { health: [], letters: [], known: [], unknown: [] }
  let isOver = false
  const until = end.finally(() => {
    isOver = true
  })
  const every = async (ms: number, act: () => Promise<void>) => {
    while (!isOver) {
      await act()
      await pause(ms)
    }
  }
  const customer = createCustomer(stage.postkey.sandbox.controlPanel, {
    ...{ name: 'Cora', address: 'cora@customer.example', to: SHARED },
  })
  let number = 0
  await Promise.all([
    until,
    every(PROBE_EVERY_MS, async () => void meanwhile.health.push((await stage.asker.ask('/healthz')).ms)),
    every(LETTER_EVERY_MS, async () => {
      const began = performance.now()
      await customer.write({ subject: 'Order', text: 'Hello' })
      // One letter is on its way at a time, so the next one that arrives is this one.
      const { id } = await stage.ear.next('the letter', ({ kind, id }) => kind === 'message.received' && !seen.has(id))
      seen.add(id)
      meanwhile.letters.push(performance.now() - began)
    }),
    every(SIGN_IN_EVERY_MS, async () => void meanwhile.known.push(await signIn(stage, '127.9.0.1', { cookie }))),
    every(SIGN_IN_EVERY_MS, async () => void meanwhile.unknown.push(await signIn(stage, `127.9.1.${++number % 250}`))),
  ])
  return meanwhile
}

/** Tries a wrong password of the admin from each address, again as soon as it is answered. */
async function attack(stage: Stage, ms: number, statuses: Map<number, number>): Promise<void> {
  const until = performance.now() + ms
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, n) => {
      const from = `127.8.${Math.floor(n / 250)}.${(n % 250) + 1}`
      while (performance.now() < until) {
        const { status } = await signIn(stage, from, { password: 'a wrong password' }).catch(() => ({ status: 0 }))
        statuses.set(status, (statuses.get(status) ?? 0) + 1)
        // A client that is refused at once would only measure how fast this process can ask.
        if (status !== 401) await pause(200)
      }
    }),
  )
}

/** Signs in from a loopback address of its own, as each client has one. */
function signIn(
  { postkey }: Stage,
  localAddress: string,
  { password = ADMIN.password, cookie }: { password?: string; cookie?: string } = {},
): Promise<Attempt & { headers: IncomingHttpHeaders }> {
  const began = performance.now()
  const agent = new Agent({ keepAlive: false })
  return new Promise((resolve, reject) => {
    const { port, host } = new URL(postkey.address)
    const headers = {
      ...{ host, 'content-type': 'application/json' },
      ...(cookie !== undefined && { cookie, origin: postkey.address }),
    }
    const asked = request({
      host: '127.0.0.1',
      port,
      localAddress,
      agent,
      method: 'POST',
      path: '/v1/session',
      headers,
    })
    asked.on('error', reject)
    asked.on('response', (answer) => {
      answer.resume()
      answer.on('error', reject)
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, ms: performance.now() - began, headers: answer.headers }),
      )
    })
    asked.end(JSON.stringify({ email: ADMIN.email, password }))
  })
}
