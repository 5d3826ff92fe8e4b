/** One run with one protocol: servers under fire while mail comes and goes, then peace, then the judge. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { startCrashingPostgres, type CrashingPostgres } from '../../scripts/start/crashing-postgres.ts'
import { freePort } from '../../mail-servers/free-port.ts'
import { inParallel } from '../drill/in-parallel.ts'
import { createApi, listenToEvents, type Api, type EventEar } from './api.ts'
import { createDisturbing, type Disturbing } from './disturbances.ts'
import { dovecotPostfix } from './dovecot-harness.ts'
import {
  actionFacts,
  askDatabase,
  closedFolderFacts,
  decidedFacts,
  shownFacts,
  storedFacts,
  type Asked,
} from './facts.ts'
import { graphSandbox, imapSandbox } from './sandbox-harness.ts'
import { disagreements, judge, type Verdict } from './judge.ts'
import { createPlan, type Round } from './plan.ts'
import { measureLateness, watchArrivals, type Lateness } from './lateness.ts'
import { createRandom } from './random.ts'
import {
  CUSTOMER,
  submissionName,
  type Letter,
  type ProtocolHarness,
  type ProtocolAccount,
  type ProtocolName,
} from './protocol-harness.ts'
import {
  failedRequests,
  firstConversation,
  keepReading,
  presenceFault,
  PROXY_NOTICES_MS,
  RESTART_MS,
  settingsBehind,
  startFront,
} from './rolling-restart.ts'
import { startTcpProxy } from './tcp-proxy.ts'
import { createCrew, type Crew, type Restart } from './workers.ts'
import type { ProxyName } from '../../mail-servers/reverse-proxy.ts'

export interface RunOptions {
  protocol: ProtocolName
  seed: number
  in: number
  out: number
  workers: number
  /** Restarts the servers in turn behind this proxy, instead of all other disturbances. */
  rolling?: ProxyName | undefined
}

export interface RunLine extends Omit<Verdict, 'faults' | 'why'> {
  /** Time from delivery until the event stream reports the letter. */
  storedAfterMs: Lateness
  /** Time from the response of the API until the arrival outside. */
  arrivedAfterMs: Lateness
  protocol: ProtocolName
  seed: number
  kills: number
  killedAt: Record<string, number>
  stops: number
  cuts: number
  silenced: number
  restarts: number
  jumps: number
  throttled: number
  rolling?: RollingLine
  seconds: number
  why?: string[]
  faults?: string[]
  /** Folder that keeps everything of a broken run. */
  kept?: string
}

export interface RollingLine {
  proxy: ProxyName
  restarts: Restart[]
  /** Attempts of programs, and those that failed, by method and status or error. */
  requests: number
  failed: Record<string, number>
  /** Number of times the stream of events was opened. */
  streams: number
}

/**
 * Without progress for this long, the run is finished or stuck. A silent connection is noticed only by its time limits,
 * which are in real time.
 */
const STUCK_MS = 150_000
/** Runs with this many letters silence SMTP, too. */
const LONG_RUN = 1000
const STUCK_IN_SMTP_MS = 12 * 60_000
const CLOSE_LIMIT_MS = 20_000
/** By the clock of the run: longer than any deferral, so that a late duplicate appears. */
const AFTERMATH_MS = 40 * 60_000

const protocols: Record<ProtocolName, typeof graphSandbox> = {
  'graph-sandbox': graphSandbox,
  'imap-sandbox': imapSandbox,
  'dovecot-postfix': dovecotPostfix,
}

export async function run(options: RunOptions, say: (line: string) => void): Promise<RunLine> {
  const beganAt = performance.now()
  const stage = await setStage(options, say)
  const { protocol, crew, disturbing, api, ear, accounts, ask, folder } = stage
  let readers: ReturnType<typeof keepReading> | undefined
  try {
    const { rolling } = options
    const plan = createPlan({
      ...options,
      rolling: rolling !== undefined,
      accounts: accounts.length,
      steps: protocol.steps,
      faults: protocol.faults,
    })
    const letters: Letter[] = []
    const accepted: Accepted[] = []
    const watch = watchArrivals(protocol, say)
    const running: Promise<void>[] = []
    readers = rolling && keepReading(api)
    for (const [i, round] of plan.entries()) {
      await fire(round, { ...stage, letters, accepted, running, say, random: createRandom(options.seed + 1 + i) })
      if (rolling) {
        await Promise.all(running)
        await checkPresence(stage, i)
        await pause(PROXY_NOTICES_MS)
      }
      const kinds = round.disturbances.map(({ kind }) => kind).join(', ')
      say(`${seconds(beganAt)} s: round ${i + 1} of ${plan.length}: ${kinds}`)
    }
    await readers?.stop()
    if (rolling) crew.mishaps.push(...failedRequests(api, rolling))
    const asked = { requests: api.counts.requests, failed: { ...api.counts.failed }, streams: ear.opened }
    protocol.switchOff()
    crew.disarm()
    await Promise.all(running)
    await crew.untilUp()
    await settle(stage, letters, options.in >= LONG_RUN ? STUCK_IN_SMTP_MS : STUCK_MS)
    say(`${seconds(beganAt)} s: all is there, or nothing moves any more`)
    const stored = await storedFacts(ask)
    await ear.untilHeard(Math.max(0, ...stored.events.map(({ id }) => id)))
    watch.stop()
    const verdict = judge({
      ...stored,
      letters: letters.map((letter) => ({ ...letter, account: accounts[letter.account]!.id })),
      shown: await shownFacts(api, accounts),
      heard: ear.heard,
      accepted,
      arrivals: await protocol.arrivals(),
      sentCopies: (await protocol.sentCopies()).map((copy) => ({ ...copy, account: accounts[copy.account]!.id })),
      atServer: await protocol.letters(),
      actions: await actionFacts(ask),
      decided: await decidedFacts(ask),
      closedFolders: await closedFolderFacts(ask),
      lyingElsewhere: new Set(await protocol.lyingElsewhere()),
      broken: protocol.broken,
      mishaps: crew.mishaps,
    })
    const { faults, why, ...counts } = verdict
    const broken = faults.length > 0
    if (broken) {
      for (const [name, log] of Object.entries(protocol.logs())) writeFileSync(join(folder, `${name}.log`), log)
    }
    await stage.close({ forget: !broken })
    const { kills, stops, atSteps: killedAt, restarts: serverRestarts } = crew.counts
    const { cuts, silenced, restarts, jumps, faults: throttled } = disturbing.counts
    const heardAt = new Map(stored.stored.map(({ id, number }) => [number, heardOf(id, stored.events, ear.heardAt)]))
    return {
      ...{ protocol: options.protocol, seed: options.seed, ...counts },
      ...{ kills, killedAt, stops, cuts, silenced, restarts, jumps, throttled },
      ...(rolling && { rolling: { proxy: rolling, restarts: serverRestarts, ...asked } }),
      storedAfterMs: measureLateness(letters.map(({ number, deliveredAt }) => [deliveredAt, heardAt.get(number)])),
      arrivedAfterMs: measureLateness(
        accepted.map(({ number, acceptedAt }) => [acceptedAt, watch.arrivedAt.get(number)]),
      ),
      seconds: seconds(beganAt),
      ...(why.length > 0 && { why }),
      ...(broken && { faults, kept: folder }),
    }
  } catch (error) {
    // Their last request may wait for a server that is closed.
    void readers?.stop().catch(() => undefined)
    await stage.close({ forget: false })
    throw new Error(
      `seed ${options.seed}: ${error instanceof Error ? error.message : String(error)} (${folder} is kept)`,
      {
        cause: error,
      },
    )
  }
}

/** Presence reported at the restarted server must be seen at the next one, and the other way round. */
async function checkPresence({ crew, api, address, key, observerKey }: Stage, round: number): Promise<void> {
  const conversationId = await firstConversation(api)
  const [at, seenAt] = rotated(crew.ports(), round) as [number, number]
  const fault = await presenceFault({ at, seenAt, address, key, observerKey, conversationId })
  if (fault !== undefined) crew.mishaps.push(fault)
}

interface Accepted {
  id: string
  number: number
  /** `performance.now()`. */
  acceptedAt: number
}

/** Time at which the stream first reported the message. */
function heardOf(
  messageId: string,
  events: readonly { id: number; subjectId: string }[],
  heardAt: ReadonlyMap<number, number>,
): number | undefined {
  const event = events.find(({ subjectId }) => subjectId === messageId)
  return event && heardAt.get(event.id)
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 100) / 10
}

interface Stage {
  folder: string
  /** Address of the proxy in front of all servers. */
  address: string
  key: string
  observerKey: string
  protocol: ProtocolHarness
  crew: Crew
  disturbing: Disturbing
  api: Api
  ear: EventEar
  accounts: ProtocolAccount[]
  ask: Asked
  close(how: { forget: boolean }): Promise<void>
}

async function setStage(options: RunOptions, say: (line: string) => void): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'postkey-crash-'))
  const dataFolder = join(folder, 'data')
  mkdirSync(dataFolder)
  // PostgreSQL runs as another user when we are root, and has to reach its own folder in here.
  for (const open of [folder, dataFolder]) chmodSync(open, 0o711)
  const opened: (() => Promise<unknown>)[] = []
  async function close({ forget }: { forget: boolean }): Promise<void> {
    for (let one = opened.pop(); one; one = opened.pop()) {
      const closed = one().catch((error: unknown) => say(String(error)))
      // A failed close must not hide the verdict.
      await Promise.race([closed, pause(CLOSE_LIMIT_MS)])
    }
    if (forget) rmSync(folder, { recursive: true, force: true })
  }
  try {
    const postgres: CrashingPostgres = await startCrashingPostgres(dataFolder)
    opened.push(() => postgres.stop())
    const ports = await inParallel(Array.from({ length: options.workers }), 1, () => freePort())
    const wires = await inParallel(ports, 1, () => startTcpProxy({ to: () => [{ path: postgres.socket }] }))
    for (const wire of wires) opened.push(() => wire.close())

    let turn = 0
    // Works like a proxy in front of servers: rotates through those that are up.
    const rolling = options.rolling && (await startFront(options.rolling, folder, ports))
    const front =
      rolling ??
      (await startTcpProxy({
        to: () => rotated(crew.ports(), turn++).map((port) => ({ host: 'localhost', port })),
      }))
    opened.push(() => front.close())
    const address = `http://localhost:${front.port}`
    const protocol = await protocols[options.protocol]({
      folder,
      address,
      databaseUrl: postgres.url,
      silencesSmtp: options.in >= LONG_RUN,
    })
    opened.push(() => protocol.close())

    const crew = createCrew({
      ...{ count: options.workers, folder, portOf: (worker) => ports[worker]! },
      environment: (worker) => ({
        ...protocol.environment,
        DATABASE_URL: `postgresql://${postgres.user}:${postgres.password}@127.0.0.1:${wires[worker]!.port}/postkey`,
        ...{ PUBLIC_URL: address, HOST: 'localhost', PORT: String(ports[worker]) },
        ...(options.rolling && settingsBehind(options.rolling)),
        ...{ POSTKEY_DATA: dataFolder, POSTKEY_KEY_FILE: join(folder, 'key', 'keys') },
      }),
    })
    opened.push(() => crew.end())
    await crew.start()
    const { key, observerKey, accounts } = await protocol.connect(crew.firstAdminLink())
    const ear = listenToEvents(address, key)
    opened.push(async () => ear.close())
    say(`${accounts.length} mailboxes are connected`)
    const random = createRandom(options.seed)
    const disturbing = createDisturbing({ crew, protocol, postgres, wires, random, front: rolling, ports })
    const api = createApi(address, key)
    const reached = { address, key, observerKey }
    return { ...reached, folder, protocol, crew, disturbing, api, ear, accounts, ask: askDatabase(postgres.url), close }
  } catch (error) {
    await close({ forget: false })
    throw error
  }
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length
  return [...list.slice(at), ...list.slice(0, at)]
}

interface FireDeps extends Stage {
  letters: Letter[]
  accepted: Accepted[]
  /** Disturbances that take longer than their round. */
  running: Promise<void>[]
  say: (line: string) => void
  random: ReturnType<typeof createRandom>
}

async function fire(round: Round, deps: FireDeps): Promise<void> {
  const { protocol, crew, api, accounts, letters, accepted, running, random, disturbing } = deps
  await protocol.nextRound()
  for (const each of round.disturbances) running.push(disturbing.disturb(each))
  if (round.disturbances.some((each) => 'armed' in each && each.armed !== undefined)) {
    // Lets it meet its step in the middle of this mail.
    await pause(100)
    await crew.untilUp()
  }

  const isRolling = round.disturbances.some(({ kind }) => kind === 'restart-server')
  const spread = (share: number) => (isRolling ? pause(RESTART_MS * share) : undefined)
  const delivering = inParallel(round.letters, 6, async ({ number, account, thread }) => {
    const before = letters.filter((letter) => letter.thread === thread).map(({ messageId }) => messageId)
    const messageId = await protocol.deliver({ number, account, before })
    letters.push({ number, account, thread, messageId, fate: 'readable', deliveredAt: performance.now() })
    await spread(6 / round.letters.length)
  })
  const submitting = inParallel(round.submissions, 3, async ({ number, account, isReply }) => {
    const emailAccountId = accounts[account]!.id
    const conversations = isReply ? await listConversations(api, emailAccountId) : []
    const answered = conversations.length > 0 ? random.one(conversations) : undefined
    const { id } = await api.ask<{ id: string }>(
      'POST',
      '/v1/submissions',
      {
        ...{ emailAccountId, to: [{ name: 'Kim', address: CUSTOMER }], cc: [], bcc: [] },
        ...{ subject: submissionName(number), text: `${submissionName(number)}. It is on its way.` },
        ...(answered && { conversationId: answered.id }),
      },
      { 'idempotency-key': `crash-${number}` },
    )
    accepted.push({ id, number, acceptedAt: performance.now() })
    await spread(3 / round.submissions.length)
  })
  const writing = delivering.then(async () => {
    for (const { action, number } of round.actions) {
      const letter = letters.find((each) => each.number === number)
      if (!letter) continue
      const concerned = action === 'discard' ? letters.filter(({ thread }) => thread === letter.thread) : [letter]
      for (const each of concerned) {
        if (action !== 'read') each.isMovedByOther = true
        if (action === 'move-away') each.wasOutside = true
        await protocol.action(action, each)
      }
    }
  })
  const deciding = inParallel(round.decisions, 2, async ({ account, what }) => {
    const emailAccountId = accounts[account]!.id
    // The first letters may take long to be stored. Without them, a short run would move nothing: conversations of sent
    // mail alone have nothing to move.
    const conversations = await untilSome(async () =>
      (await listConversations(api, emailAccountId)).filter(({ subject }) => subject.includes('Letter ')),
    )
    if (conversations.length > 0) await api.ask('POST', `/v1/conversations/${random.one(conversations).id}/${what}`)
  })
  await Promise.all([writing, submitting, deciding])
  await pause(random.whole(0, 800))
}

interface Listed {
  id: string
  subject: string
}

async function listConversations(api: Stage['api'], emailAccountId: string): Promise<Listed[]> {
  type List = { conversations: Listed[] }
  const path = `/v1/conversations?view=all&limit=50&emailAccountId=${emailAccountId}`
  return (await api.ask<List>('GET', path)).conversations
}

/** Lists until something is found, or nothing has been for too long. */
async function untilSome<Found>(list: () => Promise<Found[]>): Promise<Found[]> {
  const beganAt = performance.now()
  let found = await list()
  while (found.length === 0 && performance.now() - beganAt < STUCK_MS) {
    await pause(200)
    found = await list()
  }
  return found
}

/** Advances time past all deferrals, until everything has arrived, or nothing moves any more; then a while longer. */
async function settle({ ask, protocol }: Stage, letters: readonly Letter[], stuckMs: number): Promise<void> {
  const wanted = letters.filter(({ fate }) => fate === 'readable').length
  await untilStill(protocol, stuckMs, async () => {
    const [state] = await ask<{ stored: string; open: string; waiting: string; acting: string }>(
      `SELECT (SELECT count(*) FROM messages WHERE subject LIKE '%Letter %' AND direction = 'in') AS stored,
         (SELECT count(*) FROM submissions WHERE state IN ('queued', 'sending', 'handed-over')) AS open,
         (SELECT count(*) FROM account_actions WHERE due_at IS NOT NULL) AS acting,
         (SELECT count(*) FROM email_accounts WHERE state <> 'connected') AS waiting`,
    )
    const { stored, open, waiting, acting } = state!
    const isDone = Number(stored) >= wanted && open === '0' && waiting === '0' && acting === '0'
    return isDone ? undefined : `${stored} ${open} ${waiting} ${acting}`
  })
  for (let passed = 0; passed < AFTERMATH_MS; passed += AFTERMATH_MS / 8) {
    protocol.move(AFTERMATH_MS / 8)
    await pause(500)
  }
  // On a busy machine, sync has not read all effects of mailbox actions yet.
  await untilStill(protocol, stuckMs, async () => {
    const { stored } = await storedFacts(ask)
    const lyingElsewhere = new Set(await protocol.lyingElsewhere())
    const open = disagreements({ letters, stored, atServer: await protocol.letters(), lyingElsewhere })
    return open.length === 0 ? undefined : open.join()
  })
}

/** Advances time until nothing is open, or the same is open for `stuckMs`. */
async function untilStill(
  protocol: ProtocolHarness,
  stuckMs: number,
  listOpen: () => Promise<string | undefined>,
): Promise<void> {
  let [before, since] = ['', performance.now()]
  for (let now = await listOpen(); now !== undefined; now = await listOpen()) {
    if (now !== before) [before, since] = [now, performance.now()]
    if (performance.now() - since > stuckMs) return
    protocol.move(20_000)
    await pause(400)
  }
}
