import { readConversationFacts, readReceivedFacts } from '../conversations/index.ts'
import type { Database } from '../database/index.ts'
import type { EmailAccounts } from '../email-accounts/index.ts'
import type { Events, StoredEvent } from '../events/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { SubmissionId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { People } from '../people/index.ts'
import type { Submissions } from '../submission/index.ts'
import { writeEntries } from './entries.ts'
import { isOwnAddress } from './own-addresses.ts'
import { readChosenKinds } from './preferences.ts'
import { isGenerated, NOTIFYING, notificationsOf, type EventFacts, type NotifyingEvent } from './recipients.ts'

export interface IntakeDeps {
  database: Database
  clock: Clock
  log: Log
  events: Events
  people: Pick<People, 'list'>
  emailAccounts: Pick<EmailAccounts, 'list'>
  submissions: Pick<Submissions, 'get'>
}

const MOST_AT_ONCE = 200
/** Interval of rounds after an error. Otherwise a round reads nothing unless events arrived. */
const LOOK_EVERY_MS = 15_000

/**
 * Writes the entries of events, in their order. The position in the events advances in the transaction that writes the
 * entries: after a kill, an event is processed again, and never twice. Servers advance it one at a time.
 */
export function createIntake(deps: IntakeDeps) {
  const { database, clock, log, events } = deps
  const { db } = database
  const stops: (() => Promise<void>)[] = []
  let isBehind = true
  /** Events no longer arrive, so each round looks for them. */
  let isDeaf = false
  const rounds = createTicker({
    name: 'notifications.entries',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: 60_000,
    run,
    onError: (err) => log.warn({ err }, 'Notifications could not be written'),
  })

  async function run(over: AbortSignal): Promise<void> {
    if (!isBehind && !isDeaf) return
    isBehind = false
    try {
      while (!over.aborted && (await processPage())) continue
    } catch (error) {
      isBehind = true
      throw error
    }
  }

  /** @returns true when there may be more events */
  async function processPage(): Promise<boolean> {
    const position = await db.selectFrom('notification_position').select('event_id').executeTakeFirstOrThrow()
    const { events: page } = await events.list({
      ...{ emailAccountIds: 'all', after: position.event_id, kinds: NOTIFYING, limit: MOST_AT_ONCE },
    })
    if (page.length === 0) return false
    const happened = page as NotifyingEvent[]
    const facts = await readFacts(happened)
    const entries = happened.flatMap((event) => notificationsOf(event, facts))
    await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx
        .updateTable('notification_position')
        .set({ event_id: page.at(-1)!.id })
        .where('event_id', '=', position.event_id)
        .executeTakeFirst()
      // Another server was quicker.
      if (numUpdatedRows === 0n) return
      await writeEntries(tx, deps, entries)
    })
    return true
  }

  async function readFacts(happened: readonly NotifyingEvent[]): Promise<EventFacts> {
    const received = happened.filter(({ kind, payload }) => kind === 'message.received' && payload.direction === 'in')
    const failed = happened.filter(({ kind }) => kind === 'submission.failed' || kind === 'submission.outcome_lost')
    const conversations = happened.flatMap(({ kind, payload }) =>
      kind === 'message.received' || payload.conversationId === null ? [] : [payload.conversationId],
    )
    const mail = await readReceivedFacts(database, listSubjects(received))
    const accounts = [...mail.values()].some(isGenerated) ? await deps.emailAccounts.list() : []
    return {
      people: await deps.people.list(),
      received: mail,
      isOwn: ({ address }) => isOwnAddress(address, accounts),
      conversations: await readConversationFacts(database, conversations),
      submissions: new Map(
        (await Promise.all(listSubjects(failed).map(readSubmission))).flatMap((known) => (known ? [known] : [])),
      ),
      kindsOf: await readChosenKinds(db),
    }
  }

  async function readSubmission(id: string): Promise<[string, { subject: string; submittedBy: string }] | undefined> {
    try {
      const { content, submittedBy } = await deps.submissions.get(id as SubmissionId)
      return [id, { subject: content.subject, submittedBy }]
    } catch (error) {
      // Deleted with its mailbox. Any other error ends the round, which is repeated.
      if (error instanceof AppError && error.code === 'submission.not_found') return undefined
      throw error
    }
  }

  function hear(): void {
    isBehind = true
    rounds.poke()
  }

  return {
    async start(): Promise<void> {
      isBehind = true
      for (const kindLike of NOTIFYING) {
        const stop = await events.subscribe({ emailAccountIds: 'all', kindLike }, hear, (err) => {
          isDeaf = true
          log.warn({ err }, 'Notifications receive no more events and look for them')
        })
        stops.push(stop)
      }
      rounds.start()
      rounds.poke()
    },
    async stop(): Promise<void> {
      await Promise.all(stops.splice(0).map((stop) => stop()))
      await rounds.stop()
    },
    /** Processes all events until now, for tests. */
    async catchUp(): Promise<void> {
      while (await processPage()) continue
    },
  }
}

function listSubjects(events: readonly StoredEvent[]): string[] {
  return events.map(({ subjectId }) => subjectId)
}
