import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Database, Tx } from '../../database/index.ts'
import type { EmailAccount } from '../../email-accounts/index.ts'
import type { Events } from '../../events/index.ts'
import type { Clock } from '../../kernel/clock.ts'
import { AppError } from '../../kernel/errors.ts'
import type { EmailAccountId } from '../../kernel/ids.ts'
import type { Log } from '../../kernel/log.ts'
import { Secret } from '../../kernel/secret.ts'
import type { MailTransport, Notifications, ReadingTransport, RemoteSubscription } from '../../transports/index.ts'
import type { PushSettings } from './push-settings.ts'
import type { Lease, Leases } from '../scheduling/leases.ts'

const TRY_AGAIN_MS = 10 * 60 * 1000

/** Fields read from a request to the notification endpoint. */
export interface Notification {
  subscriptionRemoteId: string
  clientState: Secret
  lifecycleEvent?: string | undefined
}

export interface PushDeps {
  database: Database
  clock: Clock
  events: Events
  leases: Leases
  log: Log
  random: () => number
  pushFor: (account: EmailAccount) => Promise<PushSettings>
}

export type Push = ReturnType<typeof createPush>

/**
 * Maintains one Graph change-notification subscription per mailbox. An error here is no account failure: the mailbox is
 * polled more often and shows the reason.
 */
export function createPush({ database, clock, events, leases, log, random, pushFor }: PushDeps) {
  const { db } = database
  const notBefore = new Map<EmailAccountId, number>()

  /** Returns true if notifications are active. */
  async function keep(lease: Lease, { notifications }: ReadingTransport): Promise<boolean> {
    if (!notifications) {
      await setState(lease, 'polling', undefined)
      return false
    }
    const settings = await pushFor(lease.account)
    if ('unavailable' in settings) {
      await setState(lease, 'polling', settings.unavailable)
      return false
    }
    if ((notBefore.get(lease.account.id) ?? 0) > clock.now().getTime()) return false
    try {
      await subscribed(lease, notifications, settings)
      notBefore.delete(lease.account.id)
      await setState(lease, 'active', undefined)
      return true
    } catch (error) {
      if (AppError.from(error).code === 'sync.superseded') throw error
      log.warn({ err: error, emailAccountId: lease.account.id }, 'No notifications for this mailbox; it is polled')
      notBefore.set(lease.account.id, clock.now().getTime() + TRY_AGAIN_MS * (1 + random() / 10))
      // Another installation with the same application may have the subscription. The mailbox is polled meanwhile.
      const isTaken = AppError.from(error).upstream?.status === 409
      await setState(lease, isTaken ? 'polling' : 'failed', AppError.from(error))
      return false
    }
  }

  /** Stores the state of the IDLE connection. `known` is undefined if another process holds the connection. */
  async function watched(
    lease: Lease,
    known: { isTold: boolean; reason: AppError | undefined } | undefined,
  ): Promise<boolean> {
    if (!known) return lease.account.push.state === 'active'
    await setState(lease, known.isTold ? 'active' : 'polling', known.isTold ? undefined : known.reason)
    return known.isTold
  }

  async function subscribed(
    lease: Lease,
    notifications: Notifications,
    urls: { notificationUrl: string; lifecycleNotificationUrl: string },
  ): Promise<void> {
    const { account } = lease
    const stored = lease.start.subscription
    const now = clock.now()
    if (stored && stored.expiresAt > now && stored.lifecycleEvent !== 'subscriptionRemoved') {
      if (stored.lifecycleEvent === 'reauthorizationRequired') {
        await notifications.reauthorize(stored.remoteId)
        await leases.write(lease, async (tx) => {
          await tx
            .updateTable('graph_subscriptions')
            .set({ lifecycle_event: null })
            .where('email_account_id', '=', account.id)
            // Another event may have arrived since the run began.
            .where('lifecycle_event', '=', stored.lifecycleEvent)
            .execute()
        })
        return
      }
      if (stored.renewAt > now) return
      const renewed = await notifications.renew(stored.remoteId)
      if (renewed) {
        await leases.write(lease, async (tx) => {
          await tx
            .updateTable('graph_subscriptions')
            .set(times(renewed))
            .where('email_account_id', '=', account.id)
            .execute()
        })
        return
      }
    }
    const clientState = new Secret(randomBytes(32).toString('base64url'))
    const made = await notifications.subscribe({ ...urls, clientState })
    await leases.write(lease, (tx) => save(tx, account.id, made, clientState))
  }

  async function save(tx: Tx, accountId: EmailAccountId, made: RemoteSubscription, clientState: Secret): Promise<void> {
    await tx.deleteFrom('graph_subscriptions').where('email_account_id', '=', accountId).execute()
    await tx
      .insertInto('graph_subscriptions')
      .values({
        email_account_id: accountId,
        remote_id: made.remoteId,
        client_state_hash: hashOf(clientState),
        ...times(made),
        created_at: clock.now(),
      })
      .execute()
  }

  /** Renewal is due after a third of the lifetime, which leaves time for two more tries. */
  function times({ expiresAt }: RemoteSubscription): { expires_at: Date; renew_at: Date } {
    const now = clock.now().getTime()
    const third = ((expiresAt.getTime() - now) / 3) * (1 - random() / 10)
    return { expires_at: expiresAt, renew_at: new Date(now + third) }
  }

  async function setState(lease: Lease, push: EmailAccount['push']['state'], why: AppError | undefined): Promise<void> {
    const { account } = lease
    const before = account.push
    if (before.state === push && before.reason?.code === why?.code) return
    await leases.write(lease, async (tx) => {
      await tx
        .updateTable('account_sync_states')
        .set({ push, push_reason: why?.code ?? null })
        .where('email_account_id', '=', account.id)
        .execute()
      await events.append(tx, {
        kind: 'email_account.push_changed',
        emailAccountId: account.id,
        subjectId: account.id,
        payload: { push, reason: why?.code ?? null },
        at: clock.now(),
      })
    })
  }

  /** Returns the account of a notification if its subscription and client state are known. */
  async function accountOf(notification: Notification): Promise<EmailAccountId | undefined> {
    const row = await db
      .selectFrom('graph_subscriptions')
      .select(['email_account_id', 'client_state_hash'])
      .where('remote_id', '=', notification.subscriptionRemoteId)
      .executeTakeFirst()
    if (!row || !timingSafeEqual(row.client_state_hash, hashOf(notification.clientState))) return undefined
    const { lifecycleEvent } = notification
    if (lifecycleEvent === 'reauthorizationRequired' || lifecycleEvent === 'subscriptionRemoved') {
      await db
        .updateTable('graph_subscriptions')
        .set({ lifecycle_event: lifecycleEvent })
        .where('email_account_id', '=', row.email_account_id)
        .execute()
    }
    return row.email_account_id
  }

  /** Deletes the subscription on the server. */
  async function end(account: EmailAccount, { reading }: Pick<MailTransport, 'reading'>): Promise<void> {
    const row = await db
      .deleteFrom('graph_subscriptions')
      .where('email_account_id', '=', account.id)
      .returning('remote_id')
      .executeTakeFirst()
    if (row) await reading.notifications?.unsubscribe(row.remote_id)
  }

  return { keep, watched, accountOf, end }
}

/** Hash of 32 random bytes, which can't be guessed, so no salt is needed. */
function hashOf(clientState: Secret): Buffer {
  return createHash('sha256').update(clientState.reveal()).digest()
}
