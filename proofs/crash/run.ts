/** One run with one protocol: servers under fire while mail comes and goes, then peace, then the judge. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ProxyName } from '../../mail-servers/reverse-proxy.ts'
import { inParallel } from '../drill/in-parallel.ts'
import { actionFacts, closedFolderFacts, decidedFacts, shownFacts, storedFacts } from './facts.ts'
import { judge, type Verdict } from './judge.ts'
import { measureLateness, watchArrivals, type Lateness } from './lateness.ts'
import { createPlan, type Round } from './plan.ts'
import { CUSTOMER, submissionName, type Letter, type ProtocolName } from './protocol-harness.ts'
import { createRandom } from './random.ts'
import {
  failedRequests,
  firstConversation,
  keepReading,
  presenceFault,
  PROXY_NOTICES_MS,
  RESTART_MS,
} from './rolling-restart.ts'
import { settle } from './settle.ts'
import { LONG_RUN, rotated, setStage, type Stage, type StageOptions } from './stage.ts'
import type { Restart } from './workers.ts'

export interface RunOptions extends StageOptions {
  out: number
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
const STUCK_IN_SMTP_MS = 12 * 60_000

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
