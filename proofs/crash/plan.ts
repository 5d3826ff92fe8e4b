/** Plan of a run, round by round, made before the run starts: the same seed is the same plan. */
import { createDeck, createRandom, type Random } from './random.ts'

export interface PlannedLetter {
  /** Number from 1, given in subject and text. */
  number: number
  account: number
  thread: number
}

export interface PlannedSubmission {
  number: number
  account: number
  /** `true` for a reply to a conversation, `false` for a new one. */
  isReply: boolean
}

/**
 * Action of another client on a letter. `append-again`: a copy in another folder, and the first one is deleted. `discard`:
 * all letters of its thread so far go to Deleted Items.
 */
export type MailAction = 'read' | 'move' | 'move-away' | 'append-again' | 'discard'

export type Disturbance =
  /** `armed`: restarted with an order to end at a named step. */
  | { kind: 'kill'; worker: number; afterMs: number; armed: string | undefined }
  /** Stops for longer than its lease by the clock of the run; `forMs` of real time. */
  | { kind: 'stop'; worker: number; afterMs: number; jumpMs: number; forMs: number; cutsDatabase: boolean }
  | { kind: 'stop-at-step'; worker: number; armed: string; jumpMs: number; forMs: number; cutsDatabase: boolean }
  | { kind: 'cut-mail'; times: number; everyMs: number }
  | { kind: 'cut-database'; times: number; everyMs: number }
  /** Open connections stay open but never pass a byte again. */
  | { kind: 'silence-mail'; times: number; everyMs: number }
  | { kind: 'silence-database'; times: number; everyMs: number }
  /** Ends a server by SIGTERM and starts it again, as an admin does. */
  | { kind: 'restart-server'; worker: number }
  | { kind: 'restart-database'; how: 'stop' | 'kill'; afterMs: number }
  | { kind: 'jump'; byMs: number }
  | { kind: 'fault'; name: string; options: Readonly<Record<string, unknown>> }

/** Change of a conversation by the team, which takes effect in the mailbox. */
export interface Decision {
  account: number
  what: 'close' | 'reopen' | 'seen'
}

export interface Round {
  letters: PlannedLetter[]
  decisions: Decision[]
  submissions: PlannedSubmission[]
  actions: { action: MailAction; number: number }[]
  disturbances: Disturbance[]
}

export interface PlanOptions {
  seed: number
  in: number
  out: number
  workers: number
  accounts: number
  /** Steps at which a process may end, with the highest useful count. */
  steps: Readonly<Record<string, number>>
  faults: readonly { name: string; options: Readonly<Record<string, unknown>> }[]
  /** Each round restarts one server, in turn, and nothing else happens. */
  rolling?: boolean
}

const LETTERS_A_ROUND = 50
const FEWEST_ROUNDS = 6
const DISTURBANCES_A_ROUND = 2
const LETTERS_A_THREAD = 5
const DECISIONS_A_ROUND = 10
const DECISIONS = ['close', 'close', 'close', 'reopen', 'seen', 'seen'] as const
/** The lease of a submission is a minute. */
const LONGER_THAN_LEASE_MS = 61_000
const HOUR_MS = 3_600_000

const KINDS = [
  ...['kill', 'kill', 'stop', 'stop-at-step', 'cut-mail', 'cut-database', 'restart-database', 'jump', 'fault', 'fault'],
  ...['silence-mail', 'silence-database'],
] as const satisfies Disturbance['kind'][]
/** Per hundred letters. */
const ACTIONS: readonly [MailAction, number][] = [
  ['move', 8],
  ['move-away', 4],
  ['append-again', 6],
  ['discard', 6],
  ['read', 15],
]

export function createPlan(options: PlanOptions): Round[] {
  const random = createRandom(options.seed)
  const fewest = options.rolling ? options.workers : FEWEST_ROUNDS
  const rounds = Math.max(fewest, Math.ceil(options.in / LETTERS_A_ROUND))
  const disturb = disturbances(random, options)
  const decide = createDeck(random, DECISIONS)
  const inTurn = (i: number): Disturbance[] => [{ kind: 'restart-server', worker: i % options.workers }]
  const write = letters(random, options)
  let submitted = 0
  let before: PlannedLetter[] = []
  return Array.from({ length: rounds }, (_, i) => {
    const arriving = write(share(options.in, rounds, i))
    const round: Round = {
      letters: arriving,
      submissions: Array.from({ length: share(options.out, rounds, i) }, () => ({
        number: ++submitted,
        account: random.whole(0, options.accounts - 1),
        isReply: i > 0 && random.next() < 0.5,
      })),
      decisions: Array.from({ length: DECISIONS_A_ROUND }, () => ({
        account: random.whole(0, options.accounts - 1),
        what: decide(),
      })),
      // From the letters of this round, so that reading and moving overlap, and those of the round before.
      actions: [...arriving, ...before].flatMap(({ number }) => actionsOn(random, number)),
      disturbances: options.rolling ? inTurn(i) : Array.from({ length: DISTURBANCES_A_ROUND }, disturb),
    }
    before = arriving
    return round
  })
}

function share(all: number, parts: number, i: number): number {
  return Math.floor((all * (i + 1)) / parts) - Math.floor((all * i) / parts)
}

/** At most one letter per thread and round: within a second, their order is undefined. */
function letters(random: Random, options: PlanOptions): (count: number) => PlannedLetter[] {
  const threads = Math.max(Math.ceil(options.in / LETTERS_A_THREAD), LETTERS_A_ROUND)
  let number = 0
  return (count) =>
    random
      .shuffled(Array.from({ length: threads }, (_, thread) => thread))
      .slice(0, count)
      .map((thread) => ({ number: ++number, thread, account: thread % options.accounts }))
}

/** Applied in two rounds: half as often in each. */
function actionsOn(random: Random, number: number): { action: MailAction; number: number }[] {
  let chance = random.next() * 200
  for (const [action, share] of ACTIONS) if ((chance -= share) < 0) return [{ action, number }]
  return []
}

function disturbances(random: Random, { workers, steps, faults }: PlanOptions): () => Disturbance {
  const kinds = createDeck(random, KINDS)
  const step = createDeck(random, Object.entries(steps))
  const fault = createDeck(random, faults)
  const armed = () => {
    const [name, most] = step()
    return `${name}:${random.whole(1, most)}`
  }
  const stillness = () => ({
    jumpMs: LONGER_THAN_LEASE_MS + random.whole(0, 60_000),
    forMs: random.whole(500, 2500),
    cutsDatabase: random.next() < 0.6,
  })
  return () => {
    const kind = kinds()
    const worker = random.whole(0, workers - 1)
    const afterMs = random.whole(0, 1500)
    switch (kind) {
      case 'kill': {
        const order = random.next() < 0.8 ? armed() : undefined
        return { kind, worker, afterMs: order === undefined ? afterMs : 0, armed: order }
      }
      case 'stop':
        return { kind, worker, afterMs, ...stillness() }
      case 'stop-at-step':
        return { kind, worker, armed: `${armed()}:stop`, ...stillness() }
      case 'cut-mail':
      case 'cut-database':
      case 'silence-mail':
      case 'silence-database':
        return { kind, times: random.whole(1, 6), everyMs: random.whole(20, 400) }
      case 'restart-database':
        return { kind, how: random.one(['stop', 'kill']), afterMs }
      case 'jump':
        return { kind, byMs: random.whole(60_000, 3 * HOUR_MS) }
      case 'fault':
        return { kind, ...fault() }
    }
  }
}
