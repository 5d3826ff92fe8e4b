import { sql, type Selectable } from 'kysely'
import type { Database, Schema, Tx } from '../database/index.ts'
import type { EmailAccount, EmailAccounts } from '../email-accounts/index.ts'
import type { Clock } from '../kernel/clock.ts'
import { AppError } from '../kernel/errors.ts'
import type { PersonId } from '../kernel/ids.ts'
import type { Log } from '../kernel/log.ts'
import { createTicker } from '../kernel/ticker.ts'
import type { People, Person } from '../people/index.ts'
import type { AcceptGenerated } from '../submission/index.ts'
import { MOST_LISTED, writeDigest } from './digest-text.ts'
import { nextDigestAt, quietUntil } from './digest-times.ts'
import { isAnnounced, shownIn, toNotification } from './entries.ts'
import { KEPT_FOR_MS } from './notification.ts'
import { isOwnAddress } from './own-addresses.ts'
import { hasAccess, idOf } from './recipients.ts'

export interface DigestDeps {
  database: Database
  clock: Clock
  log: Log
  people: Pick<People, 'get' | 'namesOf'>
  emailAccounts: Pick<EmailAccounts, 'list'>
  acceptGenerated: AcceptGenerated
  publicUrl: string
}

/** Author of digests, and prefix of their idempotency keys. */
const BY = 'notification-digest'
const MOST_AT_ONCE = 50
const LOOK_EVERY_MS = 60_000

type Settings = Selectable<Schema['notification_settings']>

/**
 * Emails of unread entries at the chosen interval. The message is accepted in the transaction that sets the next time:
 * exactly one per interval, or none. A digest goes to the login address of the person, and never to a mailbox of Postkey:
 * it would notify people, and thereby cause the next digest.
 */
export function createDigests(deps: DigestDeps) {
  const { database, clock, log, people, emailAccounts, acceptGenerated, publicUrl } = deps
  const ticker = createTicker({
    name: 'notifications.digests',
    clock,
    everyMs: LOOK_EVERY_MS,
    deadlineMs: 120_000,
    run: sendDue,
    onError: (err) => log.warn({ err }, 'Digests could not be written'),
  })

  async function sendDue(over?: AbortSignal): Promise<void> {
    const due = await database.db
      .selectFrom('notification_settings')
      .select('user_id')
      .where('digest_due_at', '<=', clock.now())
      .orderBy('digest_due_at')
      .limit(MOST_AT_ONCE)
      .execute()
    if (due.length === 0) return
    const accounts = await emailAccounts.list()
    for (const { user_id } of due) {
      if (over?.aborted) return
      try {
        await database.transaction((tx) => decide(tx, user_id as PersonId, accounts))
      } catch (err) {
        // Without this, the digest of one person would keep back those of all later ones.
        log.warn({ err, person: user_id }, 'A digest could not be written')
      }
    }
  }

  /** Sends a digest, holds it back until the end of quiet hours, or skips it. */
  async function decide(tx: Tx, id: PersonId, accounts: readonly EmailAccount[]): Promise<void> {
    const now = clock.now()
    // Another server may work on it.
    const settings = await tx
      .selectFrom('notification_settings')
      .selectAll()
      .where('user_id', '=', id)
      .where('digest_due_at', '<=', now)
      .forUpdate()
      .skipLocked()
      .executeTakeFirst()
    if (!settings || settings.digest === 'off') return
    const { quiet_from: from, quiet_to: to, time_zone: timeZone } = settings
    const quietEnd = quietUntil(from !== null && to !== null ? { from, to } : undefined, timeZone, now)
    const sent = quietEnd ? {} : await send(tx, id, settings, accounts)
    await tx
      .updateTable('notification_settings')
      .set({ digest_due_at: quietEnd ?? nextDigestAt(settings.digest, timeZone, now), ...sent })
      .where('user_id', '=', id)
      .execute()
  }

  async function send(tx: Tx, id: PersonId, settings: Settings, accounts: readonly EmailAccount[]) {
    const account = accounts.find((each) => each.id === settings.digest_account_id)
    const person = await people.get(id).catch(ifRemoved)
    if (!account || !person || !hasAccess(person, account.id) || isOwnAddress(person.email, accounts)) return {}
    // A stopped mailbox would send all digests together later.
    if (!SENDS.has(account.state) || settings.digest === 'off') return {}
    const visible = accounts.filter((each) => hasAccess(person, each.id))
    const unread = await readUnread(tx, person, settings.digested_to, visible)
    if (unread.length === 0) return {}
    const names = await people.namesOf(unread.flatMap(({ by }) => (by === undefined ? [] : [idOf(by)])))
    const { subject, text } = writeDigest({
      entries: unread.slice(0, MOST_LISTED),
      count: unread.length,
      interval: settings.digest,
      nameOf: (actor) => names.get(idOf(actor)),
      addressOf: (accountId) => visible.find((each) => each.id === accountId)?.address,
      publicUrl,
    })
    const conversationId = await acceptGenerated(tx, {
      ...{ account, subject, text, to: { name: person.name, address: person.email } },
      idempotencyKey: `${BY}:${id}:${settings.digest_due_at!.toISOString()}`,
      conversationId: settings.digest_conversation_id ?? undefined,
      submittedBy: BY,
    })
    return { digested_to: unread[0]!.id, digest_conversation_id: conversationId }
  }

  async function readUnread(tx: Tx, { id }: Person, after: number, visible: readonly EmailAccount[]) {
    const rows = await tx
      .selectFrom('notifications')
      .selectAll()
      .select(shownIn.as('shown_in'))
      .where('user_id', '=', id)
      .where('read_at', 'is', null)
      .where('id', '>', after)
      .where('at', '>', new Date(clock.now().getTime() - KEPT_FOR_MS))
      .where(isAnnounced)
      .where(shownIn, '=', sql<never>`ANY (${visible.map((each) => each.id)}::uuid[])`)
      .orderBy('id', 'desc')
      .execute()
    return rows.map(toNotification)
  }

  return {
    start: () => ticker.start(),
    stop: () => ticker.stop(),
    /** Handles all digests that are due now, for tests. */
    sendDue,
  }
}

const SENDS: ReadonlySet<EmailAccount['state']> = new Set(['connected', 'degraded', 'importing'])

function ifRemoved(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'people.not_found') throw error
}
